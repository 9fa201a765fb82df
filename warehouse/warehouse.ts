import { UserFacingError } from "@clan-platform/contract/errors.ts";
import type { RejectGroup } from "@clan-platform/contract/lines/reject-groups.ts";
import type { Table } from "./tables/table.ts";

/** A value of a result: dates are YYYY-MM-DD, NUMERIC is its digits, INT64 and FLOAT64 are numbers. */
export type Value = string | number | boolean | null;
export type Row = Record<string, Value>;

/** Days as YYYY-MM-DD, each for the parameter @name of a statement. */
export type Days = Record<string, string>;

/** The values of a query's parameters, by their names: a day as YYYY-MM-DD, or a list of texts. */
export type QueryParameters = Record<string, string | readonly string[]>;

export type TableName = Pick<Table, "dataset" | "name">;

/** A statement that changes a table; in a script, also one that only reads. */
export interface WriteStatement {
  /** In the warehouse's SQL. */
  sql: string;
  /** The values of its parameters that are days. */
  parameters?: Days;
  /** The values of its parameters that are texts. */
  texts?: Record<string, string>;
  /** The table whose rows it changes; undefined for a temporary one, or none. */
  writes?: TableName;
}

/** What an engine can do: a constant of its adapter, to be looked at before the method of that name is called. */
export interface Supports {
  /** False where the engine fetches PostgreSQL's changes itself. */
  syncActivity: boolean;
  /** False where a scheduled query recomputes the days of daily_metrics that were touched (`recomputeTouchedDays`). */
  recomputeTouchedDays: boolean;
  /** False where reading costs nothing. */
  bytesToRead: boolean;
}

/** A file of raw rows, which is loaded as a whole or not at all. */
export interface RawFile {
  path: string;
  /** SHA-256 of the file's bytes in hex: the same file under another name counts as the same. */
  digest: string;
  /** Path of the uncompressed copy. */
  unpacked: string;
  format: "csv" | "ndjson";
  /** The header of a CSV all of whose lines are plain (contract/lines/plain-line.ts); undefined of other files. */
  plainCsv?: { names: string[]; delimiter: string };
  /** Load it even if more than half of its lines are rejected. */
  allowRejects: boolean;
}

/** A raw file whose rows are staged; none of them is in the tables yet. It is loaded or discarded, once. */
export interface PreparedFile {
  load(): Promise<LoadReport>;
  discard(): Promise<void>;
}

/** What a person should know of a raw file that was loaded. */
export interface FileFindings {
  /** The rejected lines by reason, the most frequent first. */
  rejects: RejectGroup[];
  /** Rows whose country is a placeholder such as `NULL`, stored as not known. */
  countryPlaceholders: number;
  /** Names in the file that are no columns; their values were left out. */
  ignored: string[];
}

/** What a raw file contained: `read` is the sum of the other three. */
export interface LoadReport {
  /** Lines with content, not counting the header. */
  read: number;
  /** Rows whose key was new. */
  loaded: number;
  /** Rows that replaced one with the same key, or whose key occurs again later in the file. */
  replaced: number;
  /** Lines that violate the contract; they are in `user_daily_metrics_rejected`. */
  rejected: number;
  /** The file was loaded before, and the counts are those of that time. */
  wasLoaded: boolean;
  /** What was noticed in it; undefined when it was loaded before. */
  findings?: FileFindings;
}

/** Files as PostgreSQL's COPY writes them as text, with a header, null as an empty value and the columns of the query of that name in `sync/`. */
export interface ChangesFiles {
  /** `changes.sql` */
  activity: string;
  /** `clan-changes.sql` */
  clans: string;
  /** `membership-changes.sql` */
  memberships: string;
}

/** What changed in PostgreSQL. Timestamps are in PostgreSQL's notation of a timestamptz in UTC. */
export interface Changes {
  files: ChangesFiles;
  /** The `synced_to` that the run found, and that those of activity start at; null when there was none, and they are complete. */
  since: string | null;
  /** The clock of PostgreSQL was set back to before `since`: the files are complete all the same. */
  isClockSetBack: boolean;
  /** All changes before this moment are among them. */
  syncedTo: string;
  startedAt: string;
}

/** What a sync did, in rows of the raw table, clans and periods of memberships. */
export interface SyncReport {
  inserted: number;
  updated: number;
  /** Rows of erased users. */
  deleted: number;
  /** Clans that were new, had another name or region, or were deleted. */
  clans: number;
  /** Periods that began, ended or went with an erased player. */
  memberships: number;
}

/** The tables of `clan_case_raw` and `clan_case_analytics`, on BigQuery or on a laptop. */
export interface Warehouse {
  readonly supports: Supports;
  /** Creates the datasets and tables that are missing; leaves the others unchanged. */
  createTables(): Promise<void>;
  /** Loads a file into `user_daily_metrics_raw`; a row with an existing key replaces it, a file loaded before is skipped. */
  loadFile(file: RawFile): Promise<LoadReport>;
  /** Does the part of that which may be done while another file is being loaded. */
  prepareFile(file: RawFile): Promise<PreparedFile>;
  /**
   * Brings changes into `user_daily_metrics_raw`, `clans` and `clan_membership_periods`, and records the run and the days that it
   * touched, atomically. Returns undefined, and does nothing, when another run has finished since these changes were fetched:
   * they may be outdated.
   */
  syncActivity(changes: Changes): Promise<SyncReport | undefined>;
  /** Runs a query in the warehouse's SQL (GoogleSQL), whose parameters are exactly these, and returns its rows. */
  query<T extends Row = Row>(sql: string, parameters?: QueryParameters): Promise<T[]>;
  /** Runs one statement that changes a table. */
  write(statement: WriteStatement): Promise<void>;
  /**
   * Runs statements in one session, in which temporary tables last from one to the next, and returns the rows of the last
   * one. Parameters of one name have one value.
   */
  runScript<T extends Row = Row>(statements: WriteStatement[]): Promise<T[]>;
  /** When rows of a table were last written, as ISO 8601; undefined when that is not known. */
  lastWrittenAt(table: TableName): Promise<string | undefined>;
  /** Differs from an earlier result whenever the rows of a table do; undefined when that is not known. */
  contentVersion(table: TableName): Promise<string | undefined>;
  /** How many rows a table has; reads none of them. */
  countRows(table: TableName): Promise<number>;
  /** How many days a table keeps the rows of a day; undefined when it keeps them forever. */
  partitionsKeptFor(table: TableName): Promise<number | undefined>;
  /** How many bytes a statement would read. */
  bytesToRead(sql: string, parameters?: Days): Promise<number>;
  close(): Promise<void>;
}

/** The warehouse can't do what was requested; the message is one sentence that says why and what to do. */
export class WarehouseError extends UserFacingError {
  override name = "WarehouseError";
}

/** Another process holds the warehouse; a later attempt can succeed. */
export class WarehouseBusy extends WarehouseError {
  override name = "WarehouseBusy";
}

/** For methods that an engine does not support: calling one is a defect of the caller. */
export async function unsupported(): Promise<never> {
  throw new Error("The engine does not support this: look at `supports` first.");
}
