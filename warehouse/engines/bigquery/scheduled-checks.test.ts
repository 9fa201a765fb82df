import { describe, expect, it } from "vitest";
import { checks } from "../../checks.ts";
import { addDays, today } from "../../days.ts";
import { type Content, contentWith, faults, window } from "../../testing/check-faults.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import type { Row } from "../../warehouse.ts";
import { checksQuery, warningsQuery } from "./scheduled-checks.ts";

const { analyze, evaluate } = await startGoogleSql();

// A run whose window is that of the faults: from nine days ago to nine days from now.
const windowDays = 19;
const run_date = addDays(window.to_date, 1);

const runChecks = (content: Content) =>
  evaluate(checksQuery(windowDays), { tables: { ...content }, days: { run_date } });

const failing = new Set(checks.filter(({ severity }) => severity === "fail").map(({ claim }) => claim));

it("the checks are one query, which returns how many hold", async () => {
  expect(await analyze(checksQuery(3), { days: { run_date } })).toEqual([
    { name: "outcome", type: "STRING" },
  ]);
  expect(await runChecks(contentWith())).toEqual([{ outcome: `${failing.size} checks hold` }]);
});

describe("the checks after a sync whose days are not recomputed yet", () => {
  const touched = { sync_id: "a sync", event_date: addDays(run_date, -12) };
  const covered = { sync_id: "a sync", ran_at: "2024-03-05 10:00:00+00" };
  const lacking = (event_date: string): Content => {
    const content = contentWith();
    const daily_metrics = content.daily_metrics.filter((row) => row.event_date !== event_date);
    expect(daily_metrics.length).toBeLessThan(content.daily_metrics.length);
    return { ...content, daily_metrics };
  };
  const check = (content: Content, others: Record<string, Row[]>) =>
    evaluate(checksQuery(windowDays), { tables: { ...content, ...others }, days: { run_date } });

  it("leave out the days that it touched", async () => {
    const outcome = await check(lacking(touched.event_date), { activity_sync_days: [touched] });
    expect(outcome).toEqual([{ outcome: `${failing.size} checks hold` }]);
  });

  it.each([
    ["other days", addDays(touched.event_date, 1), []],
    ["those days once they are recomputed", touched.event_date, [covered]],
  ])("compare %s", async (_, missing, daily_metrics_runs) => {
    const run = check(lacking(missing), { activity_sync_days: [touched], daily_metrics_runs });
    await expect(run).rejects.toThrow("has the users, payers, sessions, matches, errors and revenue of raw");
  });
});

for (const { claim, table } of checks) {
  if (failing.has(claim)) {
    it(`the run fails and names the claim when it does not hold: ${claim}`, async () => {
      const [fault] = faults[claim] ?? [];
      await expect(runChecks(contentWith(fault))).rejects.toThrow(
        `${table}: ${claim} (${fault?.found ?? 1} row`,
      );
    });
  } else {
    const fault = faults[claim]?.find(({ also = [] }) => !also.some((other) => failing.has(other)));
    it.runIf(fault)(`the run does not fail on a warning: ${claim}`, async () => {
      await expect(runChecks(contentWith(fault))).resolves.toHaveLength(1);
    });
  }
}

describe("the warnings", () => {
  /** What they say in a run on the day after this one. */
  const warn = (content: Content, day: string) =>
    evaluate(warningsQuery(), { tables: { ...content }, days: { run_date: addDays(day, 1) } });
  const good = contentWith();
  const days = [...new Set(good.user_daily_metrics_raw.map(({ event_date }) => event_date))].sort();
  const last = days.findLast((day) => day < today()) ?? "";

  it("are one query, which returns how many hold", async () => {
    expect(await analyze(warningsQuery(), { days: { run_date } })).toEqual([
      { name: "outcome", type: "STRING" },
    ]);
    const warning = checks.filter(({ severity }) => severity === "warn");
    expect(await warn(good, last)).toEqual([{ outcome: `${warning.length + 1} checks hold` }]);
  });

  it("report a day with far fewer rows on the day after it, and not again", async () => {
    const of = ({ event_date, user_id }: Row) => event_date !== day || String(user_id) <= "user 2";
    const day = addDays(last, -1);
    const content = contentWith({ raw: (rows) => rows.filter(of) });
    await expect(warn(content, day)).rejects.toThrow(/between half and twice the rows .*\(1 rows\)/);
    expect(await warn(content, last)).toHaveLength(1);
  });

  it("report a day that did not come on the day after it, as long as others came", async () => {
    const content = contentWith({ raw: (rows) => rows.filter(({ event_date }) => event_date < last) });
    await expect(warn(content, last)).rejects.toThrow("yesterday has rows, as the days before do (1 rows)");
    expect(await warn(contentWith({ raw: () => [] }), last)).toHaveLength(1);
  });

  it("report the end of a gap", async () => {
    const content = contentWith({
      raw: (rows) => rows.filter(({ event_date }) => event_date !== addDays(last, -1)),
    });
    await expect(warn(content, last)).rejects.toThrow(
      /no day is missing between the first and the last \(1 rows\)/,
    );
  });
});
