import { parseConfig } from "@clan-platform/service/config.ts";
import type { Database } from "@clan-platform/service/database/database.ts";
import { createPool } from "@clan-platform/service/database/pool.ts";
import type pg from "pg";
import { type Operation, queries } from "./clan-queries.ts";
import { type MemberOperation, memberQueries } from "./member-queries.ts";

// The baseline of the service's requests: the same SQL on the same pool from one Node process, without HTTP and without
// prepared statements, which is `pg`'s default. `node bare-pg.ts OPERATION SECONDS CONCURRENCY [WARM_UP_SECONDS]` prints queries per second.
const [operation, seconds, concurrency, warmUpSeconds = "0"] = process.argv.slice(2);
const pool = createPool(parseConfig(process.env), () => {});
const query = { ...queries, ...memberQueries }[operation as Operation | MemberOperation];
const unprepared = (client: pg.Pool | pg.ClientBase): Pick<Database, "query" | "write"> => ({
  query: (statement, values) =>
    typeof statement === "string"
      ? client.query(statement, values)
      : client.query(statement.text, statement.values),
  write: ({ text, values }) => client.query(text, values),
});
const plain: Database = {
  ...unprepared(pool),
  async transaction(work) {
    const client = await pool.connect();
    try {
      await client.query("begin");
      const result = await work({ client, ...unprepared(client) });
      await client.query("commit");
      return result;
    } finally {
      client.release();
    }
  },
};

await queriesPerSecond(Number(warmUpSeconds));
console.log(await queriesPerSecond(Number(seconds)));
await pool.end();

async function queriesPerSecond(seconds: number): Promise<number> {
  let count = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  await Promise.all(
    Array.from({ length: Number(concurrency) }, async () => {
      while (performance.now() < endsAt) {
        await query(plain);
        count++;
      }
    }),
  );
  return count / ((performance.now() - startedAt) / 1_000);
}
