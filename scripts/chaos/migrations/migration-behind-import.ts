import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { activity, toCsv } from "../../testkit/activity.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { watchFailedRequests } from "../harness/failed-requests.ts";
import { startMigration } from "../harness/migration.ts";
import { appliedAdditions, makeNextVersion } from "../harness/next-version.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const heldMs = 6_000;

export const migrationBehindImport: Experiment = {
  name: "migration-behind-import",
  guarantee:
    "A migration that waits for a slow import on the same table does not block other requests on that table.",
  method: `The next version, which adds a column to \`user_activity\`, migrates while the body of an import takes ${heldMs / 1_000} s more to arrive.`,
  mutation:
    "Without `set local lock_timeout` in service/src/database/migrations.ts requests queued behind the migration and got 503 DATABASE_BUSY, even reading clans: 14 of 236.",
  run: () => underLoad(migrateBehindImport, { environment: { POOL_MAX: "15" } }),
};

async function migrateBehindImport({ folder, postgres, load, service }: Harness): Promise<string> {
  const next = makeNextVersion(folder);
  const failures = watchFailedRequests(load);
  const slow = sendSlowly(service.url, "slow import");
  await waitUntil("the import's body arrives", () => isActive("copy staged_activity%"));
  const migration = startMigration(next, postgres.adminUrl);
  await waitUntil("the migration waits for the import", async () => {
    const [locks] = await postgres.query(
      "select count(*)::int as waiting from pg_locks where not granted and mode = 'AccessExclusiveLock'",
    );
    return Number(locks?.waiting) > 0;
  });
  await delay(heldMs);

  const status = await slow.end();
  load.ledger.writes.push({ kind: "activity", name: "slow import", rows: 1, outcome: "acknowledged" });
  const { code, output } = await migration.ended;
  expectThat(status === 200, `the slow import got ${status}`);
  expectThat(code === 0 && output.includes(appliedAdditions), `the migration ended with ${code}: ${output}`);
  return `${failures.requireNone()} while it waited, and it completed after the import`;

  async function isActive(query: string): Promise<boolean> {
    const active = "select from pg_stat_activity where state = 'active' and query ilike $1";
    return (await postgres.query(active, [query])).length > 0;
  }
}

/** Starts an import of one row, again and again, until `end`, which returns the status. */
function sendSlowly(url: string, user: string): { end(): Promise<number | undefined> } {
  const headers = { "content-type": "text/csv" };
  const outgoing = request(`${url}/user-activity/import`, { method: "POST", headers });
  const responded = new Promise<number | undefined>((resolve) => {
    outgoing.on("error", () => resolve(undefined));
    outgoing.on("response", (response) => response.resume().on("end", () => resolve(response.statusCode)));
  });
  // Enough to begin, and then as much as a slow import has to send to keep its place.
  const rows = Array(1_000).fill(activity({ user_id: user }));
  outgoing.write(toCsv(rows));
  const more = toCsv(rows.slice(0, 500)).replace(/^.*\n/, "");
  const sending = setInterval(() => outgoing.write(more), 500);
  return {
    end() {
      clearInterval(sending);
      outgoing.end();
      return responded;
    },
  };
}
