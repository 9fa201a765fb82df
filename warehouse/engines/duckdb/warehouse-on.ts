import type { DuckDBConnection } from "@duckdb/node-api";
import { clanMembershipPeriodsTable, clansTable, fullName, rawTable } from "../../tables/table.ts";
import {
  type RawFile,
  type Row,
  type Supports,
  unsupported,
  type Warehouse,
  type WriteStatement,
} from "../../warehouse.ts";
import { contentVersion } from "./content-version.ts";
import { createTables } from "./create-tables.ts";
import { explained } from "./disk-full.ts";
import { prepareFile } from "./load.ts";
import { run } from "./run.ts";
import { syncActivity } from "./sync.ts";
import { sizeOf } from "./threads.ts";
import { toRows, toValues } from "./values.ts";
import { lastWrittenAt, noteWritten } from "./written-at.ts";

export const supports: Supports = { syncActivity: true, recomputeTouchedDays: true, bytesToRead: false };

export interface Opened {
  connection: DuckDBConnection;
  /** Of the same database, for work beside the first one. */
  connectAnother: () => Promise<DuckDBConnection>;
  /** To call before so many bytes of a file are brought in. */
  grow: (bytes: number) => Promise<void>;
  close: () => Promise<void>;
}

/** The warehouse in a DuckDB file that is open. */
export function warehouseOn(path: string, { connection, connectAnother, grow, close }: Opened): Warehouse {
  const prepare = async (file: RawFile) => {
    await grow(sizeOf(file.unpacked));
    const { load, discard } = await prepareFile(await connectAnother(), file);
    const loadAndNote = async () => {
      const report = await load();
      await noteWritten(connection, rawTable);
      return report;
    };
    return { load: () => explained(path, loadAndNote), discard };
  };
  const runAndNote = ({ sql, parameters, texts, writes }: WriteStatement) =>
    explained(path, async () => {
      const result = await run(connection, sql, { ...toValues(parameters), ...texts });
      if (writes) await noteWritten(connection, writes);
      return result;
    });
  return {
    supports,
    createTables: () => explained(path, () => createTables(connection, path)),
    prepareFile: (file) => explained(path, () => prepare(file)),
    loadFile: async (file) => (await explained(path, () => prepare(file))).load(),
    syncActivity: (changes) =>
      explained(path, async () => {
        await grow(Object.values(changes.files).reduce((sum, file) => sum + sizeOf(file), 0));
        const report = await syncActivity(connection, changes);
        const { inserted = 0, updated = 0, deleted = 0 } = report ?? {};
        if (inserted + updated + deleted > 0) await noteWritten(connection, rawTable);
        if (report?.clans) await noteWritten(connection, clansTable);
        if (report?.memberships) await noteWritten(connection, clanMembershipPeriodsTable);
        return report;
      }),
    query: (sql, parameters) =>
      explained(path, async () => toRows(await run(connection, sql, toValues(parameters)))),
    write: async (statement) => {
      await runAndNote(statement);
    },
    runScript: async <T extends Row>(statements: WriteStatement[]) => {
      let rows: T[] = [];
      for (const statement of statements) rows = toRows(await runAndNote(statement));
      return rows;
    },
    lastWrittenAt: (table) => lastWrittenAt(connection, table),
    contentVersion: (table) => explained(path, () => contentVersion(connection, table)),
    // A file keeps everything.
    partitionsKeptFor: async () => undefined,
    countRows: async (table) => {
      const [[rows] = []] = (await run(connection, `select count(*) from ${fullName(table)}`)).getRows();
      return Number(rows);
    },
    bytesToRead: unsupported,
    close,
  };
}
