import { statSync } from "node:fs";
import { dailyMetricsTable } from "@clan-platform/warehouse/tables/table.ts";
import type { Scope, Source } from "./source.ts";

// A command that finds the file locked retries after 50 to 500 ms: a pause as long lets it in between two of our reads.
const pauseMs = 150;
const maxHoldMs = 60;
const patienceMs = 500;

/**
 * The local warehouse in its DuckDB file, which a command in another terminal may want to write at any time. The file
 * is opened read-only for one read after another, and left alone for a moment after a long one.
 */
export function localSource(path: string): Source {
  let lastRead: Promise<unknown> = Promise.resolve();
  let pausedUntil = 0;
  let metrics: { file: string; version: Promise<string | undefined> } | undefined;

  /** The file changes with every sync, also an empty one; then the content of the table is looked at. */
  async function version(scope: Scope): Promise<string | undefined> {
    const file = versionOf(path);
    if (file === undefined || scope === "everything") return file;
    if (metrics?.file !== file) {
      const reading = source.withWarehouse((warehouse) => warehouse.contentVersion(dailyMetricsTable));
      metrics = { file, version: reading };
      reading.catch(() => {
        if (metrics?.version === reading) metrics = undefined;
      });
    }
    return metrics.version;
  }

  const source: Source = {
    name: "local warehouse",
    target: "local",
    maxHoldMs,
    version,
    withWarehouse(read) {
      const result = lastRead.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, pausedUntil - Date.now())));
        // Imported here because DuckDB takes a moment to load, which the server's start need not wait for.
        const { openDuckdb } = await import("@clan-platform/warehouse/engines/duckdb/duckdb.ts");
        const warehouse = await openDuckdb(path, { readOnly: true, patienceMs });
        const openedAt = Date.now();
        try {
          return await read(warehouse);
        } finally {
          await warehouse.close();
          if (Date.now() - openedAt > maxHoldMs) pausedUntil = Date.now() + pauseMs;
        }
      });
      lastRead = result.catch(() => {});
      return result;
    },
  };
  return source;
}

/** Modification time and size of the database file and of its write-ahead log. */
function versionOf(path: string): string | undefined {
  const [file, log] = [path, `${path}.wal`].map((name) => statSync(name, { throwIfNoEntry: false }));
  if (!file) return undefined;
  return [file, log].map((stats) => (stats ? `${stats.mtimeMs}-${stats.size}` : "none")).join("_");
}
