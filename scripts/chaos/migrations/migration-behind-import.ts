import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { activity, toCsv } from "../../testkit/activity.ts";
import { type Experiment, promised } from "../experiment.ts";
import { watchFailures } from "../rig/failures.ts";
import { startMigration } from "../rig/migration.ts";
import { appliedAdditions, makeNextVersion } from "../rig/next-version.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const heldMs = 6_000;

export const migrationBehindImport: Experiment = {
  name: "migration-behind-import",
  promise:
    "A migration that needs a table which a slow import holds waits for it without keeping other requests from that table.",
  trial: `The next version, which adds a column to \`user_activity\`, migrates while the body of an import comes for ${heldMs / 1_000} s more.`,
  protection:
    "Without `set local lock_timeout` in service/src/database/migrations.ts requests came in line behind the migration and were answered 503 DATABASE_BUSY, even reading clans: 14 of 236.",
  run: () => underLoad(migrateBehindImport, { environment: { POOL_MAX: "15" } }),
};

async function migrateBehindImport({ folder, postgres, load, service }: Rig): Promise<string> {
  const next = makeNextVersion(folder);
  const failures = watchFailures(load);
  const slow = sendSlowly(service.url, "slow import");
  await until("the import's body comes in", () => isActive("copy staged_activity%"));
  const migration = startMigration(next, postgres.adminUrl);
  await until("the migration waits for the import", async () => {
    const [locks] = await postgres.query(
      "select count(*)::int as waiting from pg_locks where not granted and mode = 'AccessExclusiveLock'",
    );
    return Number(locks?.waiting) > 0;
  });
  await delay(heldMs);

  const status = await slow.end();
  load.ledger.writes.push({ kind: "activity", name: "slow import", rows: 1, outcome: "acknowledged" });
  const { code, output } = await migration.ended;
  promised(status === 200, `the slow import was answered with ${status}`);
  promised(code === 0 && output.includes(appliedAdditions), `the migration ended with ${code}: ${output}`);
  return `${failures.requireNone()} while it waited, and it came through after the import`;

  async function isActive(query: string): Promise<boolean> {
    const active = "select from pg_stat_activity where state = 'active' and query ilike $1";
    return (await postgres.query(active, [query])).length > 0;
  }
}

/** An import of one row whose body ends when it is told to; then its status. */
function sendSlowly(url: string, user: string): { end(): Promise<number | undefined> } {
  const headers = { "content-type": "text/csv" };
  const asked = request(`${url}/user-activity/import`, { method: "POST", headers });
  const answered = new Promise<number | undefined>((resolve) => {
    asked.on("error", () => resolve(undefined));
    asked.on("response", (response) => response.resume().on("end", () => resolve(response.statusCode)));
  });
  asked.write(toCsv([activity({ user_id: user })]));
  return {
    end() {
      asked.end();
      return answered;
    },
  };
}
