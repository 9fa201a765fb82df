import { statSync } from "node:fs";
import type { FileReader } from "@clan-platform/warehouse/engines/duckdb/file-reader.ts";
import { shareOfFirstFill } from "@clan-platform/warehouse/engines/duckdb/first-fill.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import {
  clanDailyMetricsTable,
  cohortMetricsTable,
  rawTable,
} from "@clan-platform/warehouse/tables/table.ts";
import { type Warehouse, WarehouseBusy } from "@clan-platform/warehouse/warehouse.ts";
import { type Scope, type Source, WarehouseFilling } from "./source.ts";

// A command that finds the file locked retries after 50 to 500 ms: a pause as long lets it in between our reads.
const pauseMs = 150;
const maxHoldMs = 60;
// What a page requests at once is read without a pause.
const maxHoldWithoutPauseMs = 250;
const patienceMs = 500;

/**
 * The local warehouse in its DuckDB file, which a command in another terminal may want to write at any time. The file
 * is attached read-only for one read after another, and left alone for a moment when they have held it for long.
 */
export function localSource(path: string): Source {
  let lastRead: Promise<unknown> = Promise.resolve();
  let pausedUntil = 0;
  let heldMs = 0;
  let closedAt = 0;
  let reader: Promise<FileReader> | undefined;
  const known = new Map<Scope, { file: string; version: Promise<string> }>();

  /** The file changes with every sync, also an empty one; then the content of the tables is looked at. */
  async function version(scope: Scope): Promise<string | undefined> {
    const file = versionOf(path);
    if (file === undefined || scope === "everything") return file;
    const last = known.get(scope);
    if (last?.file === file) return last.version;
    const reading = source.withWarehouse(versions[scope]);
    known.set(scope, { file, version: reading });
    reading.catch(() => {
      if (known.get(scope)?.version === reading) known.delete(scope);
    });
    return reading;
  }

  function rethrow(error: unknown): never {
    const shareDone = error instanceof WarehouseBusy ? shareOfFirstFill(path) : undefined;
    throw shareDone === undefined ? error : new WarehouseFilling(shareDone, { cause: error });
  }

  const source: Source = {
    name: "local warehouse",
    target: "local",
    maxHoldMs,
    version,
    withWarehouse(read) {
      const result = lastRead.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, pausedUntil - performance.now())));
        reader ??= createReader(path);
        const warehouse = await (await reader).open({ patienceMs }).catch(rethrow);
        const openedAt = performance.now();
        if (openedAt - closedAt >= pauseMs) heldMs = 0;
        try {
          return await read(warehouse);
        } finally {
          await warehouse.close();
          closedAt = performance.now();
          heldMs += closedAt - openedAt;
          if (heldMs > maxHoldWithoutPauseMs) pausedUntil = closedAt + pauseMs;
        }
      });
      lastRead = result.catch(() => {});
      return result;
    },
    async close() {
      await lastRead;
      await (await reader)?.close();
    },
  };
  return source;
}

/** Imported here because DuckDB takes a moment to load, which the server's start need not wait for. */
async function createReader(path: string): Promise<FileReader> {
  const { createFileReader } = await import("@clan-platform/warehouse/engines/duckdb/file-reader.ts");
  return createFileReader(path);
}

const versions = {
  derived: derivedVersion,
  checked: async (warehouse: Warehouse) =>
    [
      await derivedVersion(warehouse),
      await warehouse.lastWrittenAt(rawTable),
      await warehouse.countRows(rawTable),
    ].join("_"),
};

const manyRows = new Set([cohortMetricsTable.name, clanDailyMetricsTable.name]);

/** By the content of each table, so that figures that were computed again and are the same stay; cohorts and clans have too many rows. */
async function derivedVersion(warehouse: Warehouse): Promise<string> {
  const versions: (string | undefined)[] = [];
  for (const { table } of derivedTables) {
    const read = manyRows.has(table.name) ? warehouse.lastWrittenAt : warehouse.contentVersion;
    versions.push(await read(table));
  }
  return versions.join("_");
}

/** Modification time and size of the database file and of its write-ahead log. */
function versionOf(path: string): string | undefined {
  const [file, log] = [path, `${path}.wal`].map((name) => statSync(name, { throwIfNoEntry: false }));
  if (!file) return undefined;
  return [file, log].map((stats) => (stats ? `${stats.mtimeMs}-${stats.size}` : "none")).join("_");
}
