import { LinePanel } from "../charts/line-panel.tsx";
import { dayLabel, pointTexts } from "../figures/names.ts";
import { Notice } from "../parts/notice.tsx";
import type { About } from "../parts/panel.tsx";
import type { Actions } from "../state/page.ts";
import { healthName } from "./clan-health.tsx";
import type { ClanDay, ClansFigures } from "./clans-figures.ts";

interface OneClanProps {
  clan: NonNullable<ClansFigures["clan"]>;
  /** Which of its days are not over. */
  isIncomplete: boolean[];
  isFiltered: boolean;
  about: About;
  go: Actions["go"];
}

const integer = new Intl.NumberFormat("en-US");
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

const numbers = (value: number | null) => (value === null ? "–" : integer.format(value));

/** A clan by day. */
export function OneClan({ clan: { id, days }, isIncomplete, isFiltered, about, go }: OneClanProps) {
  const rows = days.flatMap(({ row }) => row ?? []);
  const last = rows.at(-1);
  const isOpen = ({ day }: ClanDay) => isIncomplete[days.findIndex(({ name }) => name === day)] ?? false;
  const back = (
    <button class="quiet" type="button" onClick={() => go({ clan: "" })}>
      ← All clans
    </button>
  );
  if (!last)
    return (
      <>
        <div class="choices">{back}</div>
        <Notice kind="info" title="No figures of this clan in the period">
          <code>{id}</code> had no members then, or there is no such clan. Choose a longer period.
        </Notice>
      </>
    );
  const lines = (measures: [name: string, value: (day: ClanDay) => number][]) =>
    measures.map(([name, value]) => ({ name, values: days.map(({ row }) => (row ? value(row) : null)) }));
  const shared = {
    points: pointTexts(
      days.map(({ name }) => name),
      "day",
    ),
    pointName: "day",
    isIncomplete,
    text: numbers,
    axisText: numbers,
    about,
  };
  const revenue = rows.reduce((sum, day) => sum + Number(day.revenue), 0);
  return (
    <>
      <div class="choices">
        {back}
        <h2 class="clan-name">
          <bdi>{last.name ?? id}</bdi>
        </h2>
      </div>
      <p class="lead">
        {healthName(last.health)} on {dayLabel(last.day, isOpen(last))}: {integer.format(last.members)}{" "}
        members, {integer.format(last.weekly_active_members)} of them active in 7 days
        {last.region ? `; region ${last.region}` : ""}. {dollars.format(revenue)} of revenue in the period.
        Its id is <code>{id}</code>.{isFiltered && " The figures are of all platforms and countries."}
      </p>
      <LinePanel
        id="clan-members"
        title="Members"
        hint="At the end of each day, and how many of them were active on it, and in the 7 days that end on it."
        lines={lines([
          ["Members", (day) => day.members],
          ["Active in 7 days", (day) => day.weekly_active_members],
          ["Active on the day", (day) => day.active_members],
        ])}
        {...shared}
      />
      <LinePanel
        id="clan-matches"
        title="Matches"
        hint="Of members: matches started and won on each day."
        lines={lines([
          ["Started", (day) => day.matches_started],
          ["Won", (day) => day.victories],
        ])}
        {...shared}
      />
      <LinePanel
        id="clan-moves"
        title="Joins and leaves"
        hint="On each day; who was kicked counts among the leaves."
        lines={lines([
          ["Joined", (day) => day.joins],
          ["Left", (day) => day.leaves],
        ])}
        {...shared}
      />
      <LinePanel
        id="clan-sessions"
        title="Sessions"
        hint="Of members, on each day."
        lines={lines([["Sessions", (day) => day.sessions]])}
        {...shared}
      />
    </>
  );
}
