import { expect, it } from "vitest";
import { changeOf } from "./change.ts";
import { contributionsOf } from "./contributions.ts";
import { pairDays } from "./like-for-like.ts";
import { arpdau, dau, errorsPerDau, iapRevenue } from "./measures.ts";
import { type Day, type Group, plusSums, type Sums, sumOf } from "./sums.ts";
import { typical } from "./testing/example-sums.ts";

// A fortnight and the one before, of countries from large to small, on two platforms. An incident changes one cell.
const countries = ["US", "DE", "BR", "JP", "TR", "FR", "MX", "KR", "PL", "IS"];
const platforms = ["ANDROID", "IOS"];
const fortnight = Array.from({ length: 14 }, (_, at) => `2026-03-${15 + at}`);
const dayBefore = (at: number) => `2026-03-${String(1 + at).padStart(2, "0")}`;
const incidentDay = "2026-03-20";

interface Cell {
  day: string;
  country: string;
  platform: string;
  sums: Sums;
}
type Incident = (cell: Cell) => Sums | undefined;

/** Steady figures with a variation of ±3 % that has no direction. */
function cellsOf(days: string[], incident: Incident): Cell[] {
  const cells: Cell[] = [];
  for (const [at, day] of days.entries())
    for (const [rank, country] of countries.entries())
      for (const platform of platforms) {
        const variation = 1 + (((at * 5 + rank * 3) % 7) - 3) / 100;
        const size = Math.round((100_000 * variation) / (rank + 1));
        const part = (share: number) => Math.round(size * share);
        const sums = {
          ...typical,
          dau: size,
          iap: { whole: part(0.2), billionths: 0 },
          ad: { whole: part(0.05), billionths: 0 },
          errors: part(0.02),
        };
        const after = incident({ day, country, platform, sums });
        if (after) cells.push({ day, country, platform, sums: after });
      }
  return cells;
}

function groupsBy(key: "country" | "platform", cells: Cell[]): Group[] {
  const groups = new Map<string, Sums>();
  for (const cell of cells) {
    const sum = groups.get(cell[key]);
    groups.set(cell[key], { ...(sum ? plusSums(sum, cell.sums) : cell.sums), days: 14 });
  }
  return [...groups].map(([name, sums]) => ({ name, sums }));
}

const byDay = (days: string[], cells: Cell[]): Day[] =>
  days.map((name) => {
    const all = cells.filter((cell) => cell.day === name).map((cell) => ({ name, sums: cell.sums }));
    return { name, sums: all.length > 0 ? { ...sumOf(all), days: 1 } : undefined };
  });

const daysBefore = fortnight.map((_, at) => dayBefore(at));
const before = cellsOf(daysBefore, ({ sums }) => sums);
const both = { now: 14, before: 14 };

it("ranks the country first whose server errors grew a hundredfold on one day, large or small", () => {
  for (const culprit of ["US", "TR", "IS"]) {
    const now = cellsOf(fortnight, ({ day, country, sums }) =>
      day === incidentDay && country === culprit ? { ...sums, errors: sums.errors * 100 } : sums,
    );
    const { total, parts } = contributionsOf(
      errorsPerDau,
      groupsBy("country", now),
      groupsBy("country", before),
      both,
    );
    const [first] = parts;
    expect(first?.name).toBe(culprit);
    expect(first?.total).toBeGreaterThan(0.9 * total);
    expect(first?.rate).toBeGreaterThan(0.9 * (first?.total ?? 0));
    const series = { now: byDay(fortnight, now), before: byDay(daysBefore, before) };
    expect(changeOf(errorsPerDau, pairDays(series.now, series.before), series)).toMatchObject({
      direction: "up",
      tone: "bad",
      explanation: "Mostly one day: Fri 20 Mar.",
    });
  }
});

it("ranks iOS first whose purchases are gone", () => {
  const now = cellsOf(fortnight, ({ platform, sums }) =>
    platform === "IOS" ? { ...sums, iap: { whole: 0, billionths: 0 } } : sums,
  );
  for (const measure of [iapRevenue, arpdau]) {
    const { total, parts } = contributionsOf(
      measure,
      groupsBy("platform", now),
      groupsBy("platform", before),
      both,
    );
    expect(parts[0]?.name).toBe("IOS");
    expect(parts[0]?.total).toBeLessThan(0);
    expect(parts[0]?.rate).toBeCloseTo(total, 6);
  }
});

it("ranks the countries first that a missing import left without rows", () => {
  const missing = countries.filter((_, rank) => rank % 2 === 0);
  const now = cellsOf(fortnight, ({ day, country, sums }) =>
    day === incidentDay && missing.includes(country) ? undefined : sums,
  );
  const period = contributionsOf(dau, groupsBy("country", now), groupsBy("country", before), both);
  expect(period.parts[0]?.name).toBe("US");
  expect(period.parts.slice(0, missing.length).map(({ name }) => name)).toEqual(missing);
  const on = (day: string, cells: Cell[]) =>
    groupsBy(
      "country",
      cells.filter((cell) => cell.day === day),
    );
  const oneDay = contributionsOf(dau, on(incidentDay, now), on("2026-03-06", before), { now: 1, before: 1 });
  expect(oneDay.parts.slice(0, missing.length)).toMatchObject(
    missing.map((name) => ({ name, now: undefined })),
  );
});
