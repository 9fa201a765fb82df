import { expect, it } from "vitest";
import { daysFrom } from "../../days.ts";
import type { Row } from "../figures/read-answer.ts";
import { noSums } from "../figures/sums.ts";
import { addressFrom } from "../state/address.ts";
import type { Frame } from "../state/frame.ts";
import type { Question } from "../state/questions.ts";
import { buildExplore, daysComparedText, rest, startOf } from "./explore-figures.ts";

const row = (day: string, dau: number, country = "", platform = ""): Row => ({
  day,
  country,
  platform,
  membership: "",
  sums: { ...noSums, dau, days: 1 },
});

function explore(
  search: string,
  frame: Frame["resolved"],
  rows: (question: Question) => Row[],
  missing: string[] = [],
) {
  const address = addressFrom(new URLSearchParams(search));
  const ask = (question: Question) => ({ version: "1", isHeld: false, rows: rows(question), days: 7 });
  const known = { covered: { from: "2026-01-01", to: "2026-12-31" }, missing, today: "", lastComplete: "" };
  const figures = buildExplore(address, { selection: address.selection, resolved: frame }, known, ask);
  if (!figures) throw new Error("An answer is missing.");
  return figures;
}

it.each([
  ["2026-03-01", "2026-02-23"],
  ["2026-03-02", "2026-03-02"],
  ["2026-03-08", "2026-03-02"],
])("the week of %s starts on Monday, %s", (day, monday) => {
  expect(startOf(day, "week")).toBe(monday);
});

it.each(["day", "week", "month"])("ends with the calendar's last day by %s", (grain) => {
  const range = { from: "9999-12-30", to: "9999-12-31" };
  const figures = explore(`?grain=${grain}`, { range, incomplete: [] }, () => []);
  expect(figures.points).toEqual(
    { day: Object.values(range), week: ["9999-12-27"], month: ["9999-12-01"] }[grain],
  );
});

it("a week that is cut by the period or lacks a day, and a day that is not over, are not whole", () => {
  const days = ["2026-03-04", "2026-03-09", "2026-03-16"];
  const range = { from: "2026-03-04", to: "2026-03-16" };
  const rows = ({ grain }: Question) => days.map((day) => row(startOf(day, grain ?? "day"), 1));
  const missing = daysFrom(range.from, range.to).filter((day) => !days.includes(day));
  const weekly = explore("?grain=week", { range, incomplete: [] }, rows, missing);
  expect(weekly.lines[0]?.points.map(({ name, sums }) => [name, sums?.days])).toEqual([
    ["2026-03-02", 1],
    ["2026-03-09", 1],
    ["2026-03-16", 1],
  ]);
  expect([...weekly.partial]).toEqual(["2026-03-02", "2026-03-09", "2026-03-16"]);
  expect([...explore("?grain=week", { range, incomplete: [] }, rows).partial]).toEqual([
    "2026-03-02",
    "2026-03-16",
  ]);
  const daily = explore(
    "",
    { range: { from: "2026-03-15", to: "2026-03-15" }, incomplete: ["2026-03-16"] },
    rows,
  );
  expect([...daily.partial]).toEqual(["2026-03-16"]);
  const counted = { range: { from: "2026-03-15", to: "2026-03-16" }, incomplete: ["2026-03-16"] };
  expect([...explore("", counted, rows).partial]).toEqual(["2026-03-16"]);
});

it("a month that both sides share has the days of each side alone: its average is not divided by those of the other", () => {
  const resolved = {
    range: { from: "2026-03-20", to: "2026-03-31" },
    before: { from: "2026-03-08", to: "2026-03-19" },
    incomplete: [],
  };
  const rows = ({ from }: Question) =>
    from === "2026-03-20" ? [row("2026-03-01", 120)] : [row("2026-03-09", 60)];
  const { lines, before, measure } = explore(
    "?grain=month&metric=average_dau&compare=previous",
    resolved,
    rows,
    ["2026-03-10"],
  );
  const averages = [lines[0]?.points[0], before[0]].map((point) => point?.sums && measure.value(point.sums));
  expect(averages).toEqual([10, 60 / 11]);
});

it("a week or month is compared with the days that its own are compared with, not with one of the calendar", () => {
  const resolved = {
    range: { from: "2026-03-31", to: "2026-04-13" },
    before: { from: "2026-03-17", to: "2026-03-30" },
    incomplete: ["2026-04-14"],
  };
  const days = daysFrom(resolved.before.from, resolved.before.to).filter((day) => day !== "2026-03-20");
  const rows = ({ from, grain }: Question) =>
    from === resolved.range.from
      ? [row("2026-03-31", 1), row("2026-04-01", 140)].map((each) => ({
          ...each,
          day: startOf(each.day, grain ?? "day"),
        }))
      : days.map((day) => row(day, 10));
  const monthly = explore("?grain=month", resolved, rows, ["2026-03-20"]);
  expect(monthly.points).toEqual(["2026-03-01", "2026-04-01"]);
  expect(monthly.before.map(({ name, last, sums }) => [name, last, sums?.dau, sums?.days])).toEqual([
    ["2026-03-17", "2026-03-17", 10, 1],
    ["2026-03-18", "2026-03-30", 120, 12],
  ]);
  const [march, april] = monthly.lines[0]?.points ?? [];
  expect([march, april].map((point, at) => daysComparedText(monthly.before[at]?.sums, point?.sums))).toEqual([
    "",
    "12 days",
  ]);
});

it("a day without figures of anybody is a gap, and one without the selection's is 0", () => {
  const range = { from: "2026-03-01", to: "2026-03-03" };
  const rows = () => [row("2026-03-01", 5)];
  const figures = explore("?platform=ios", { range, incomplete: [] }, rows, ["2026-03-02"]);
  expect(figures.lines[0]?.points.map(({ sums }) => sums?.dau)).toEqual([5, undefined, 0]);
});

it("the largest five countries have lines, and the others together are what these leave of all", () => {
  const range = { from: "2026-03-01", to: "2026-03-01" };
  const countries = ["AT", "BE", "CH", "DE", "ES", "FR", "GR"];
  const dauOf = (country: string) => 10 * (countries.indexOf(country) + 1);
  const rows = ({ by, countries: asked = [] }: Question): Row[] => {
    if (!by.includes("country")) return [row("2026-03-01", 280)];
    const found = asked.length > 0 ? asked : countries;
    return found.map((country) => row(by.includes("day") ? "2026-03-01" : "", dauOf(country), country));
  };
  const { lines } = explore("?split=country", { range, incomplete: [] }, rows);
  expect(lines.map(({ name, points }) => [name, points[0]?.sums?.dau])).toEqual([
    ["GR", 70],
    ["FR", 60],
    ["ES", 50],
    ["DE", 40],
    ["CH", 30],
    [rest, 30],
  ]);
});
