import { expect, it } from "vitest";
import { daysFrom } from "../../days.ts";
import { buildClans } from "../clans/clans-figures.ts";
import { type Known, resolve } from "../figures/periods.ts";
import type { Row } from "../figures/read-answer.ts";
import { noSums } from "../figures/sums.ts";
import { buildPeople } from "../people/people-figures.ts";
import { addressFrom } from "../state/address.ts";
import type { Ask, Question } from "../state/questions.ts";
import { buildOverview } from "./overview-figures.ts";

const known: Known = {
  covered: { from: "2026-03-01", to: "2026-03-20" },
  missing: [],
  today: "2026-03-20",
  lastComplete: "2026-03-19",
};

/** The figures of an address on data with a user a day. */
function figuresOf(search: string) {
  const address = addressFrom(new URLSearchParams(search));
  const { selection } = address;
  const frame = { selection, resolved: resolve(selection.period, selection, known) };
  const figures = ({ from, to, by }: Question) => {
    const days = daysFrom(from, to).filter((day) => day >= known.covered.from && day <= known.covered.to);
    const row = (day: string): Row => ({
      ...{ day, country: "", platform: "", membership: "" },
      sums: { ...noSums, dau: 1, days: 1 },
    });
    return {
      version: "1",
      isHeld: false,
      rows: (by.includes("day") ? days : ["all"]).map(row),
      days: days.length,
    };
  };
  const ask = Object.assign(figures, {
    people: () => ({ version: "1", isHeld: false, days: [] }),
    clans: () => ({}),
    membershipRetention: () => ({ groups: [] }),
  }) as unknown as Ask;
  const overview = buildOverview(frame, known, ask);
  const people = buildPeople(frame, known, ask);
  const clans = buildClans(address, frame, ask);
  if (!overview || !people || !clans) throw new Error("An answer is missing.");
  return { overview, people, clans };
}

it.each([
  ["left out of the last days", "?days=3", { dau: 3, counted: "2026-03-19", uncounted: [], marked: [] }],
  [
    "drawn where it is in a typed period, but not counted",
    "?from=2026-03-19&to=2026-03-20",
    { dau: 1, counted: "2026-03-19", uncounted: ["2026-03-20"], marked: ["2026-03-20"] },
  ],
  [
    "counted and marked where that is asked for",
    "?days=3&incomplete=1",
    { dau: 3, counted: "2026-03-20", uncounted: [], marked: ["2026-03-20"] },
  ],
  [
    "counted and marked where the period has no other",
    "?from=2026-03-20&to=2026-03-20",
    { dau: 1, counted: "2026-03-20", uncounted: [], marked: ["2026-03-20"] },
  ],
])("a day that is not over is %s", (_, search, { dau, counted, uncounted, marked }) => {
  const { overview, people, clans } = figuresOf(search);
  expect(overview.total.dau).toBe(dau);
  expect(overview.days.at(-1)?.name).toBe(counted);
  expect(overview.uncounted.map(({ name }) => name)).toEqual(uncounted);
  expect([...overview.incomplete]).toEqual(marked);
  expect(people.last?.name).toBe(counted);
  const peopleMarked = people.days?.filter(({ isIncomplete }) => isIncomplete);
  expect(peopleMarked?.map(({ name }) => name)).toEqual(marked);
  // Clans are drawn to the last counted day.
  expect(clans.isIncomplete.at(-1)).toBe(marked.includes(counted));
});

it("asks for everything at once, also where days are missing", () => {
  const { selection } = addressFrom(new URLSearchParams("?days=3"));
  const asked: Question[] = [];
  const ask = Object.assign((question: Question) => void asked.push(question), { people: () => undefined });
  const resolved = resolve(selection.period, selection, known);
  const gap = { ...known, missing: ["2026-03-18"] };
  expect(buildOverview({ selection, resolved }, gap, ask as unknown as Ask)).toBeUndefined();
  const compared = { from: "2026-03-17", to: "2026-03-19", without: [], by: ["country"] };
  expect(asked).toContainEqual(expect.objectContaining(compared));
  expect(asked).toContainEqual(
    expect.objectContaining({ ...resolved.before, without: ["2026-03-11"], by: ["country"] }),
  );
});
