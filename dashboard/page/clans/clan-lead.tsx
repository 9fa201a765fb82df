import { moneyText, plus, toMoney } from "../figures/money.ts";
import { dayLabel, dayText } from "../figures/names.ts";
import { healthName } from "./clan-health.tsx";
import type { ClanDay } from "./clans-figures.ts";

interface ClanLeadProps {
  id: string;
  /** The days of the period on which the clan has figures, the last of them last. */
  rows: [ClanDay, ...ClanDay[]];
  deletedDate: string | null;
  /** Whether the last day is not over. */
  isIncomplete: boolean;
  isFiltered: boolean;
}

const integer = new Intl.NumberFormat("en-US");

/** How a clan is, in a few sentences. */
export function ClanLead({ id, rows, deletedDate, isIncomplete, isFiltered }: ClanLeadProps) {
  const last = rows.at(-1) ?? rows[0];
  const revenue = rows.reduce((sum, day) => plus(sum, toMoney(day.revenue)), toMoney("0"));
  const isDeleted = deletedDate !== null && deletedDate <= last.day;
  return (
    <p class="lead">
      {isDeleted ? `Deleted on ${dayText(deletedDate)}` : stateText(last, isIncomplete)}
      {last.region ? `; region ${last.region}` : ""}. {moneyText(revenue)} of revenue in the period. Its id is{" "}
      <code>{id}</code>.{deletedDate !== null && !isDeleted && ` It was deleted on ${dayText(deletedDate)}.`}
      {isFiltered && " The figures are of all platforms and countries."}
    </p>
  );
}

/** `Steady on 21 Mar 2026: 10 members, 9 of them active in 7 days`; a clan without members has no health. */
function stateText({ day, health, members, weekly_active_members: active }: ClanDay, isIncomplete: boolean) {
  const label = dayLabel(day, isIncomplete);
  if (members === 0) return `No members on ${label}`;
  const counted =
    members === 1
      ? `1 member, ${active === 1 ? "active" : "not active"} in 7 days`
      : `${integer.format(members)} members, ${integer.format(active)} of them active in 7 days`;
  return `${healthName(health)} on ${label}: ${counted}`;
}
