import { describe, expect, it } from "vitest";
import { checks } from "../../checks.ts";
import { addDays, today } from "../../days.ts";
import { changesFields, changesTables } from "../../sync/statements.ts";
import { derivedTables } from "../../tables/derived-tables.ts";
import { activitySyncsTable, fullName } from "../../tables/table.ts";
import { type Content, contentWith, faults, window } from "../../testing/check-faults.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import type { Row } from "../../warehouse.ts";
import {
  checksQuery,
  scheduledActivitySync,
  scheduledChecks,
  scheduledDailyMetrics,
  scheduledSync,
} from "./scheduled-queries.ts";

const { analyze, analyzeScript, evaluate } = await startGoogleSql();

// A run whose window is that of the faults: from nine days ago to nine days from now.
const windowDays = 19;
const run_date = addDays(window.to_date, 1);

const runChecks = (content: Content) =>
  evaluate(checksQuery(windowDays), { tables: { ...content }, days: { run_date } });

const failing = new Set(checks.filter(({ severity }) => severity === "fail").map(({ claim }) => claim));

describe("activity_sync", () => {
  it("is a script that BigQuery accepts without a parameter", async () => {
    await analyzeScript(scheduledActivitySync("game.eu.clan-activity"), {
      externalQuery: [...changesFields, { name: "safe_watermark", type: "TIMESTAMP" }],
      tables: changesTables,
    });
  });
});

describe("the chain that activity_sync runs", () => {
  const chain = scheduledSync("game.eu.clan-activity");
  const options = {
    externalQuery: [...changesFields, { name: "safe_watermark", type: "TIMESTAMP" as const }],
    tables: changesTables,
  };

  it("is a script that BigQuery accepts without a parameter: the sync, then the touched days, none of a window", async () => {
    const statements = await analyzeScript(chain, options);
    const writes = statements.flatMap(
      (sql) => /^(?:merge into|insert into) (clan_\w+\.\w+)/.exec(sql)?.[1] ?? [],
    );
    const order = [activitySyncsTable, ...derivedTables.map(({ table }) => table)].map(fullName);
    expect(writes.filter((table) => order.includes(table))).toEqual(order);
    expect(chain).not.toContain("generate_date_array");
    expect(chain).not.toContain("@run_date");
  });

  it("goes on after the sync: nothing in it ends the whole script", () => {
    expect(chain).not.toMatch(/\breturn;/);
    expect(chain.match(/\bleave;/g)).toHaveLength(2 + derivedTables.length);
  });
});

describe("activity_sync in a project whose default_time_zone is Europe/Istanbul", () => {
  const defaultTimeZone = "Europe/Istanbul";
  const literalOf = async (script: string) => {
    const [, expression = ""] = /coalesce\((format_timestamp\(.*\)), "/.exec(script) ?? [];
    const moment = "timestamp '2024-03-05 10:00:00.000001+00'";
    const sql = `select ${expression.replace("v_since", moment)} as since`;
    return (await evaluate(sql, { defaultTimeZone }))[0]?.since;
  };

  it("asks PostgreSQL for the changes since the watermark, and not for those of three hours later", async () => {
    const script = scheduledActivitySync("game.eu.clan-activity");
    expect(await literalOf(script)).toBe("'2024-03-05 10:00:00.000001+00'");
    expect(await literalOf(script.replace(", 'UTC')", ")"))).toBe("'2024-03-05 13:00:00.000001+00'");
  });

  it("has no other text of a moment, nor has any other statement", () => {
    const scripts = [
      scheduledActivitySync("game.eu.clan-activity"),
      scheduledDailyMetrics(3, 365),
      scheduledChecks(3),
    ];
    const depending =
      /format_timestamp\((?!.*'UTC'\))|cast\(\w*(_at|_to|since) as string\)|extract\(|current_date|date\(\w+_at\)|timestamp_trunc/;
    for (const script of scripts) expect(script).not.toMatch(depending);
  });
});

describe("daily_metrics", () => {
  it("is a script that BigQuery accepts with no parameter but @run_date", async () => {
    const statements = await analyzeScript(scheduledDailyMetrics(3), { days: { run_date } });
    const tables = derivedTables.length;
    expect(statements.filter((statement) => statement.startsWith("merge into"))).toHaveLength(2 * tables);
    expect(statements.filter((statement) => statement.startsWith("rollback"))).toHaveLength(tables);
    await expect(analyzeScript(scheduledDailyMetrics(3))).rejects.toThrow(/run_date/);
  });

  it("recomputes the days of its window, which ends yesterday, in addition to those that syncs touched", async () => {
    const [, days = ""] =
      /insert into days_to_recompute \(event_date\)\n(.*);/.exec(scheduledDailyMetrics(3)) ?? [];
    const rows = await evaluate(days, { days: { run_date: "2024-03-01" } });
    expect(rows.map(({ day }) => day)).toEqual(["2024-02-27", "2024-02-28", "2024-02-29"]);
  });
});

describe("with rawRetentionDays", () => {
  const scripts = {
    daily_metrics: scheduledDailyMetrics(3, 365),
    activity_sync: scheduledSync("game.eu.clan-activity", 365),
  };

  it("the scripts are accepted, and each table leaves out its days before its raw rows are replaced", async () => {
    const options = {
      days: { run_date },
      externalQuery: [...changesFields, { name: "safe_watermark", type: "TIMESTAMP" as const }],
      tables: changesTables,
    };
    for (const script of Object.values(scripts)) {
      const statements = await analyzeScript(script, options);
      const order = statements.filter((sql) =>
        /^(delete from days_to_recompute|merge into clan_case_analytics\.(?!\w+_runs\b))/.test(sql),
      );
      expect(order.map((sql) => sql.startsWith("delete"))).toEqual(
        derivedTables.flatMap(() => [true, false]),
      );
    }
  });

  it("a day is recomputed as long as all days that it counts are there until tomorrow", async () => {
    const conditions = [...scripts.daily_metrics.matchAll(/delete from days_to_recompute\nwhere (.*);/g)];
    const firstDays = await Promise.all(
      conditions.map(async ([, condition = ""]) => {
        const days = `unnest(generate_date_array(date '${addDays(today(), -400)}', date '${today()}')) as event_date`;
        const [row] = await evaluate(
          `select min(event_date) as first from (select event_date from ${days}) as days where not (${condition})`,
        );
        return row?.first;
      }),
    );
    // The row of a day counts days before it: 29 for active_users, 34 for clan_daily_metrics, 60 for membership_cohorts.
    expect(firstDays).toEqual([-363, -334, -363, -329, -363, -303].map((days) => addDays(today(), days)));
  });
});

it("the jobs of every scheduled query have labels", async () => {
  const scripts = {
    activity_sync: scheduledActivitySync("game.eu.clan-activity"),
    daily_metrics: scheduledDailyMetrics(3),
    daily_metrics_checks: scheduledChecks(3),
  };
  for (const [name, script] of Object.entries(scripts)) {
    expect(script).toContain(`set @@query_label = 'app:clan-platform,query:${name}';`);
  }
  await analyzeScript(scripts.daily_metrics_checks, { days: { run_date } });
});

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
