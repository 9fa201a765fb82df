import { UserFacingError } from "@clan-platform/contract/errors.ts";
import type { Table } from "./tables/table.ts";

/** A value of a result: dates come as YYYY-MM-DD, NUMERIC as its digits, INT64 and FLOAT64 as numbers. */
export type Value = string | number | boolean | null;
export type Row = Record<string, Value>;

/** Days as YYYY-MM-DD, each for the parameter @name of a query. */
export type Days = Record<string, string>;

/** A file of raw rows that is loaded as a whole or not at all. */
export interface Part {
  path: string;
  /** SHA-256 of the file's bytes in hex: the same file under another name is the same part. */
  digest: string;
  /** The same file, not packed. */
  unpacked: string;
  /** It has no quotation marks, carriage returns or empty columns at a line's end. */
  isPlainText: boolean;
}

/** A part whose rows are ready; nothing of it is in the tables yet. It is loaded or discarded, once. */
export interface PreparedPart {
  load(): Promise<PartReport>;
  discard(): Promise<void>;
}

/** What came of a part: `read` is the sum of the other three. */
export interface PartReport {
  /** Lines with content, the header not counted. */
  read: number;
  /** Rows whose key was new. */
  loaded: number;
  /** Rows that took the place of one with the same key, or whose key came again later in the part. */
  replaced: number;
  /** Lines that break the contract; they are in `user_daily_metrics_rejected`. */
  rejected: number;
  /** The part was loaded before, and the counts are those of that time. */
  wasLoaded: boolean;
}

/** What changed in PostgreSQL's user_activity. Moments are as PostgreSQL writes a timestamptz in UTC. */
export interface ActivityChanges {
  /** A CSV file without a header: the columns of `activity_sync/changes.sql`. */
  path: string;
  /** The `synced_to` that they begin at; null when they are all there is. */
  since: string | null;
  /** Whatever changed before this is among them. */
  syncedTo: string;
  startedAt: string;
}

/** What a sync did to raw. */
export interface SyncReport {
  inserted: number;
  updated: number;
  /** Rows of erased users. */
  deleted: number;
}

/** The tables of `clan_case_raw` and `clan_case_analytics`, on BigQuery or on a laptop. */
export interface Warehouse {
  /** Makes the datasets and tables that are not there; leaves those that are alone. */
  createTables(): Promise<void>;
  /** Loads a part into `user_daily_metrics_raw`; a row with an existing key replaces it, a part loaded before is skipped. */
  loadPart(part: Part): Promise<PartReport>;
  /** Does what of that may be done while another part is being loaded. */
  preparePart(part: Part): Promise<PreparedPart>;
  /**
   * Brings changes into `user_daily_metrics_raw`, and notes the run and the days that it touched: wholly or not at all.
   * Undefined when another run has come to its end since these changes were asked for: they may be outdated, and nothing is done.
   */
  syncActivity(changes: ActivityChanges): Promise<SyncReport | undefined>;
  /** Runs one statement in the warehouse's SQL (GoogleSQL) and returns its rows. */
  query<T extends Row = Row>(sql: string, days?: Days): Promise<T[]>;
  /** When rows of a table were last written, as ISO 8601; undefined when nothing was, or nobody noted it. */
  lastWrittenAt(table: Pick<Table, "dataset" | "name">): Promise<string | undefined>;
  /** How many bytes a statement would read; undefined where nobody pays for them. */
  bytesToRead(sql: string, days?: Days): Promise<number | undefined>;
  close(): Promise<void>;
}

/** The warehouse can't do what it was asked to; the message is one sentence that says why and what to do. */
export class WarehouseError extends UserFacingError {
  override name = "WarehouseError";
}

/** Another process has the warehouse at the moment: the same can be asked again soon. */
export class WarehouseBusy extends WarehouseError {
  override name = "WarehouseBusy";
}
