import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { describe, expect, it } from "vitest";
import { addDays, today } from "../../days.ts";
import {
  changesFields,
  changesTables,
  linesWithErased,
  stageDeletions,
  stageDifferences,
} from "../../sync/statements.ts";
import { derivedTables } from "../../tables/derived-tables.ts";
import { activitySyncsTable, fullName, rawTable } from "../../tables/table.ts";
import { type SharedStatement, withValues } from "../../templates.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import type { Row } from "../../warehouse.ts";
import { scheduledChecks, scheduledWarnings } from "./scheduled-checks.ts";
import {
  decodedString,
  scheduledActivitySync,
  scheduledDailyMetrics,
  scheduledSync,
} from "./scheduled-queries.ts";

const { analyzeScript, evaluate } = await startGoogleSql();

const run_date = addDays(today(), 1);

describe("activity_sync", () => {
  it("is a script that BigQuery accepts without a parameter", async () => {
    await analyzeScript(scheduledActivitySync("game.eu.clan-activity"), {
      externalQuery: [...changesFields, { name: "safe_watermark", type: "TIMESTAMP" }],
      tables: changesTables,
    });
  });

  it("names a day for its filters even if no row changed, because BigQuery reads raw with no empty list of days", async () => {
    const script = scheduledActivitySync("game.eu.clan-activity");
    const assigned = [...script.matchAll(/set v_days = (\([\s\S]*?\n *\));\n/g)].map(([, days = ""]) => days);
    expect(assigned).toHaveLength(2);
    const unchanged =
      "(select 'ann' as user_id, current_date as event_date, true as is_erased limit 0) as changes";
    for (const days of assigned) {
      const sql = `select day from unnest(${days.replaceAll("from changes", `from ${unchanged}`)}) as day`;
      expect(await evaluate(sql)).toEqual([{ day: "0001-01-01" }]);
    }
  });
});

describe("a key that raw has twice", () => {
  const row = activity({ user_id: "ann", event_date: "2024-03-05", iap_revenue: "1" });
  const cells = rawTable.fields.map(({ name, type }) => `cast('${row[name]}' as ${type}) as ${name}`).join();
  /** The rows that a statement stages, of these changes. */
  const staged = (statement: SharedStatement, changes: string) => {
    const [, query = ""] =
      /^(?:create|insert).*\n([\s\S]*)/.exec(withValues(statement, () => "unnest([date '2024-03-05'])")) ??
      [];
    const sql = query.replace(
      /(from|join) changes( as \w+)?/g,
      (_, clause, alias = " as changes") => `${clause} (${changes})${alias}`,
    );
    return evaluate(sql, { tables: { [rawTable.name]: [row, { ...row, total_session_count: 7 }] as Row[] } });
  };

  it("is updated by one row, because BigQuery's MERGE fails on a second one", async () => {
    const changed = `select ${cells.replace("'1' as NUMERIC", "'2' as NUMERIC")}, false as is_erased`;
    expect(await staged(stageDifferences("distinct"), changed)).toMatchObject([
      { user_id: "ann", iap_revenue: "2", is_known: true },
    ]);
  });

  it("is deleted by one row", async () => {
    expect(await staged(stageDeletions, `select ${cells}, true as is_erased`)).toHaveLength(1);
  });
});

it("finds the id of an erased user in rejected lines of any format on GoogleSQL as on DuckDB", async () => {
  const texts = [
    ...[
      String.raw`{"user_id":"J\u00f6rg \"x\" \ud83d\ude00","platform":"PS5"}`,
      '"Jörg ""x"" \u{1f600}";PS5',
    ],
    // Not to be decoded, with another id, and what is not UTF-8.
    ...[String.raw`C:\users,"PS5"`, '"say ""Jörg ""x"" \u{1f600}""",PS5', null],
  ];
  const rejected = texts.map((text, line) => ({ part: "a", file: "a", line, field: "f", reason: "r", text }));
  const changes = `(select 'Jörg "x" \u{1f600}' as user_id, true as is_erased) as changes`;
  const found = await evaluate(
    linesWithErased(decodedString).replace("from changes", () => `from ${changes}`),
    {
      tables: { user_daily_metrics_rejected: rejected },
    },
  );
  expect(found.map(({ part_and_line }) => part_and_line).sort()).toEqual(["a 0", "a 1"]);
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
      scheduledWarnings(),
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
    daily_metrics_warnings: scheduledWarnings(),
  };
  for (const [name, script] of Object.entries(scripts)) {
    expect(script).toContain(`set @@query_label = 'app:clan-platform,query:${name}';`);
  }
  await analyzeScript(scripts.daily_metrics_checks, { days: { run_date } });
  await analyzeScript(scripts.daily_metrics_warnings, { days: { run_date } });
});
