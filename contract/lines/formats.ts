import { isBeforeHeader } from "./before-header.ts";
import type { LineReader } from "./line-reader.ts";
import { ndjsonReader } from "./ndjson.ts";

export interface Format {
  mediaTypes: string[];
  /** The first line names the columns. */
  hasHeader: boolean;
  /** Whether a line is one that may stand before the header. */
  isBeforeHeader?: (line: string) => boolean;
  /**
   * Makes the reader of the lines after the header; without a header, of all lines.
   * @throws {InputError} for a wrong header
   */
  reader: (header: string) => Promise<LineReader>;
}

/** One JSON object per line. */
export const ndjson: Format = {
  mediaTypes: ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"],
  hasHeader: false,
  reader: async () => ndjsonReader(),
};

export const csv: Format = {
  mediaTypes: ["text/csv"],
  hasHeader: true,
  isBeforeHeader,
  // Loaded when there is a CSV to read; the start of the service does not wait for it.
  reader: async (header) => (await import("./csv.ts")).readerOf(header),
};

export const formats = [ndjson, csv];
