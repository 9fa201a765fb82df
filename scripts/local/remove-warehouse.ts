import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

// The DuckDB file and what is written beside it: its log, spilled rows, the parts of a first fill, notes for the next start.
const own =
  /^(warehouse\.duckdb(\.wal(\..+)?|\.tmp|\.first-fill\.json(\.new)?)?|first-fill-\d+-[\d-]+|loading-raw\.json|members-to-seed\.json|work-\d+-.+)$/;

/** Deletes the local warehouse from its folder, and nothing else: with DATA_DIR, that may be a folder of someone's own. */
export function removeWarehouse(folder: string): void {
  for (const entry of existsSync(folder) ? readdirSync(folder) : []) {
    if (own.test(entry)) rmSync(join(folder, entry), { recursive: true, force: true });
  }
}
