import { LinePanel } from "../charts/line-panel.tsx";
import { dayPoints } from "../charts/points.ts";
import { dayText } from "../figures/names.ts";
import { Notice } from "../parts/notice.tsx";
import type { About } from "../parts/panel.tsx";
import type { Actions } from "../state/page.ts";
import { clanHeading } from "./clan-focus.ts";
import { ClanLead } from "./clan-lead.tsx";
import type { ClansFigures } from "./clans-figures.ts";

interface OneClanProps {
  clan: NonNullable<ClansFigures["clan"]>;
  /** Which of its days are not over. */
  isIncomplete: boolean[];
  isFiltered: boolean;
  about: About;
  go: Actions["go"];
}

const integer = new Intl.NumberFormat("en-US");

const numbers = (value: number | null) => (value === null ? "–" : integer.format(value));

/** The columns of a clan's day that are drawn. */
type Count =
  | "members"
  | "weekly_active_members"
  | "active_members"
  | "matches_started"
  | "victories"
  | "joins"
  | "leaves"
  | "sessions";

/** A clan by day. */
export function OneClan({
  clan: { id, days, deletedDate },
  isIncomplete,
  isFiltered,
  about,
  go,
}: OneClanProps) {
  const [first, ...others] = days.flatMap(({ row }) => row ?? []);
  const last = others.at(-1) ?? first;
  const head = (
    <div class="choices">
      <button class="quiet" type="button" onClick={() => go({ clan: "" })}>
        ← All clans
      </button>
      <h2 class="clan-name" id={clanHeading} tabIndex={-1}>
        <bdi>{last?.name ?? id}</bdi>
      </h2>
    </div>
  );
  if (!first || !last)
    return (
      <>
        {head}
        <Notice kind="info" title="No figures of this clan in the period">
          <code>{id}</code>{" "}
          {deletedDate
            ? `was deleted on ${dayText(deletedDate)}`
            : "had no members then, or there is no such clan"}
          . Choose a longer period.
        </Notice>
      </>
    );
  const lines = (measures: [name: string, key: Count][]) =>
    measures.map(([name, key]) => ({ name, key, values: days.map(({ row }) => row?.[key] ?? null) }));
  const shared = {
    points: dayPoints(
      days.map(({ name }) => name),
      isIncomplete,
    ),
    pointName: "day",
    pointKey: "event_date",
    text: numbers,
    axisText: numbers,
    about,
  };
  return (
    <>
      {head}
      <ClanLead
        id={id}
        rows={[first, ...others]}
        deletedDate={deletedDate}
        isIncomplete={isIncomplete[days.findIndex(({ name }) => name === last.day)] ?? false}
        isFiltered={isFiltered}
      />
      <LinePanel
        id="clan-members"
        title="Members"
        hint="At the end of each day, and how many of them were active on it, and in the 7 days that end on it."
        lines={lines([
          ["Members", "members"],
          ["Active in 7 days", "weekly_active_members"],
          ["Active on the day", "active_members"],
        ])}
        {...shared}
      />
      <LinePanel
        id="clan-matches"
        title="Matches"
        hint="Of members: matches started and won on each day."
        lines={lines([
          ["Started", "matches_started"],
          ["Won", "victories"],
        ])}
        {...shared}
      />
      <LinePanel
        id="clan-moves"
        title="Joins and leaves"
        hint="On each day; who was kicked counts among the leaves."
        lines={lines([
          ["Joined", "joins"],
          ["Left", "leaves"],
        ])}
        {...shared}
      />
      <LinePanel
        id="clan-sessions"
        title="Sessions"
        hint="Of members, on each day."
        lines={lines([["Sessions", "sessions"]])}
        {...shared}
      />
    </>
  );
}
