import { readdirSync } from "node:fs";
import type { Queryable } from "./database.ts";

const migrations = readdirSync(new URL("../../migrations", import.meta.url));

/** The schema version that this code needs: its newest migration's. */
export const neededVersion = Math.max(...migrations.map((name) => Number.parseInt(name, 10)));

/** The schema version of the database; 0 before its first migration. */
export async function schemaVersion(database: Queryable): Promise<number> {
  const { rows: found } = await database.query(
    "select to_regclass('public.schema_migrations') is not null as is_created",
  );
  if (!found[0].is_created) return 0;
  const { rows } = await database.query("select max(version)::int as version from public.schema_migrations");
  return rows[0].version ?? 0;
}
