import { readdirSync } from "node:fs";
import type { Database } from "./pool.ts";

const migrations = readdirSync(new URL("../../migrations", import.meta.url));

/** The schema that this code needs: that of its newest migration. */
export const neededVersion = Math.max(...migrations.map((name) => Number.parseInt(name, 10)));

/** The schema that the database has; 0 before its first migration. */
export async function schemaVersion(database: Database): Promise<number> {
  const made = await database.query("select to_regclass('public.schema_migrations') is not null as made");
  if (!made.rows[0].made) return 0;
  const { rows } = await database.query("select max(version)::int as version from public.schema_migrations");
  return rows[0].version ?? 0;
}
