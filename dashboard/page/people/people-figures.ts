import { addDays, countDays, daysFrom } from "../../days.ts";
import type { PeopleAnswer } from "../../server/answers.ts";
import type { Known, Resolved } from "../figures/periods.ts";
import { lastDrawn } from "../state/asked-days.ts";
import type { Frame } from "../state/frame.ts";
import type { Ask } from "../state/questions.ts";

export type People = PeopleAnswer["days"][number];

/** A day, and who was active in the windows that end on it. */
export interface PeopleDay {
  name: string;
  /** Undefined where nobody was active in the 30 days to it, or the day is missing. */
  people: People | undefined;
  /** How many days the data has to this one: a window that is longer would count too few. */
  history: number;
  /** How many days before this one each day is that the data lacks, up to 29: its users are missing in a window that has it. */
  missing: number[];
  /** Whether the day is not over. */
  isIncomplete: boolean;
}

export interface PeopleFigures {
  /** The days that are drawn. Undefined where several countries are chosen: distinct users can't be added up. */
  days: PeopleDay[] | undefined;
  /** The last day of the period. */
  last: PeopleDay | undefined;
  /** The first day whose 30 days are all in the data, if it is after the first day shown. */
  wholeFrom: string | undefined;
}

/** Distinct users by day; undefined while an answer is missing. */
export function buildPeople(
  { selection, resolved }: Frame,
  known: Known,
  ask: Ask,
): PeopleFigures | undefined {
  const { platform, countries } = selection;
  const { range } = resolved;
  const drawn = { from: range.from, to: lastDrawn(resolved) };
  const firstWhole = addDays(known.covered.from, 29);
  const wholeFrom = firstWhole > range.from ? firstWhole : undefined;
  if (countries.length > 1) return { days: undefined, last: undefined, wholeFrom };
  const answer = ask.people({ ...drawn, platform, country: countries[0] });
  if (!answer) return undefined;
  const dayOf = daysOf(answer, known, resolved);
  return { days: daysFrom(drawn.from, drawn.to).map(dayOf), last: dayOf(range.to), wholeFrom };
}

// Of the longest window, the days before the last.
const earlier = Array.from({ length: 29 }, (_, at) => at + 1);

/** Finds a day in an answer. */
function daysOf(
  { days }: PeopleAnswer,
  { covered, missing }: Known,
  { incomplete }: Resolved,
): (name: string) => PeopleDay {
  const byDay = new Map(days.map((people) => [people.day, people]));
  const without = new Set(missing);
  return (name) => ({
    name,
    people: byDay.get(name),
    history: countDays(covered.from, name),
    missing: earlier.filter((age) => without.has(addDays(name, -age))),
    isIncomplete: incomplete.includes(name),
  });
}

/** The distinct users of the last days of both sides. */
export interface LastPeople {
  now: PeopleDay;
  before: PeopleDay | undefined;
}

/** The distinct users of the period's last day; undefined while an answer is missing, null where they can't be counted. */
export function lastPeople(
  { selection, resolved }: Frame,
  known: Known,
  ask: Ask,
): LastPeople | null | undefined {
  const { platform, countries } = selection;
  const { range, before } = resolved;
  if (countries.length > 1) return null;
  // In one request, although the days between are not shown: each request opens the local warehouse.
  const answer = ask.people({ from: before?.to ?? range.to, to: range.to, platform, country: countries[0] });
  if (!answer) return undefined;
  const dayOf = daysOf(answer, known, resolved);
  return { now: dayOf(range.to), before: before && dayOf(before.to) };
}
