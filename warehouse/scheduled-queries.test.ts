import { expect, it } from "vitest";
import { checks } from "./checks.ts";
import { dailyMetricsQuery } from "./daily_metrics/replace-days.ts";
import { scheduledChecks, scheduledDailyMetrics } from "./scheduled-queries.ts";
import { type Content, contentWith, faults, window } from "./testing/check-faults.ts";
import { startGoogleSql } from "./testing/googlesql.ts";

const { analyze, evaluate } = await startGoogleSql();

const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
// A run whose window is that of the faults: from nine days ago to nine days from now.
const windowDays = 19;
const run_date = dayAfter(window.to_date, 1);

const runChecks = (content: Content) =>
  evaluate(scheduledChecks(windowDays), { tables: { ...content }, days: { run_date } });

const failing = new Set(checks.filter(({ severity }) => severity === "fail").map(({ claim }) => claim));

it("daily_metrics is one statement that BigQuery takes with @run_date alone", async () => {
  await expect(analyze(scheduledDailyMetrics(3), { days: { run_date } })).resolves.toEqual([]);
  await expect(analyze(scheduledDailyMetrics(3))).rejects.toThrow(/run_date/);
});

it("its window is that many days, to yesterday", async () => {
  const [, condition] = /where (event_date between .*)$/m.exec(scheduledDailyMetrics(3)) ?? [];
  const query = dailyMetricsQuery.replace("event_date between @from_date and @to_date", condition ?? "");
  const rows = await evaluate(`select distinct event_date from (${query}) as metrics order by event_date`, {
    tables: { user_daily_metrics_raw: contentWith().user_daily_metrics_raw },
    days: { run_date: dayAfter(window.from_date, 5) },
  });
  expect(rows.map(({ event_date }) => event_date)).toEqual(
    [2, 3, 4].map((days) => dayAfter(window.from_date, days)),
  );
});

it("the checks are one query, which says how many hold", async () => {
  expect(await analyze(scheduledChecks(3), { days: { run_date } })).toEqual([
    { name: "outcome", type: "STRING" },
  ]);
  expect(await runChecks(contentWith())).toEqual([{ outcome: `${failing.size} checks hold` }]);
});

for (const { claim, table } of checks) {
  if (failing.has(claim)) {
    it(`the run fails, and names it, when it does not hold: ${claim}`, async () => {
      const [fault] = faults[claim] ?? [];
      await expect(runChecks(contentWith(fault))).rejects.toThrow(
        `${table}: ${claim} (${fault?.found ?? 1} row`,
      );
    });
  } else {
    const fault = faults[claim]?.find(({ also = [] }) => !also.some((other) => failing.has(other)));
    it.runIf(fault)(`the run does not fail when it is only to be looked at: ${claim}`, async () => {
      await expect(runChecks(contentWith(fault))).resolves.toHaveLength(1);
    });
  }
}
