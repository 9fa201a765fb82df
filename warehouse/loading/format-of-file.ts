import { type CsvHeader, readCsvHeader } from "@clan-platform/contract/lines/csv-header.ts";

/** What the first bytes of a file say of its lines. */
export type FileFormat =
  | ({
      name: "csv" /** The header is the first line, without a byte order mark. */;
      isAtStart: boolean;
    } & CsvHeader)
  | { name: "ndjson" };

/** The first bytes of a file are not those of rows; the message is what to say of the file. */
export class UnfitStart extends Error {
  override name = "UnfitStart";
}

/**
 * Finds the format of a file by its first bytes, which have its first line with content.
 * @throws {UnfitStart}
 * @throws {InputError} for a CSV with a wrong header
 */
export function formatOf(start: Buffer): FileFormat {
  if (start.length === 0) throw new UnfitStart("is empty");
  if (start[0] === 0xff || start[0] === 0xfe) throw new UnfitStart("is UTF-16: save it as UTF-8");
  const text = start.toString("utf8");
  const content = text.replace(/^\ufeff?\s*/, "");
  if (content.startsWith("{")) return { name: "ndjson" };
  if (content.startsWith("["))
    throw new UnfitStart("is a JSON array: write one object per line (NDJSON) instead");
  if (content.startsWith("PAR1")) throw new UnfitStart("is Parquet: write it as CSV or NDJSON instead");
  const [header = ""] = content.split(/\r?\n/, 1);
  return { name: "csv", isAtStart: text === content, ...readCsvHeader(header) };
}

/** Whether these first bytes have a whole line with content. */
export const hasFirstLine = (start: Buffer) =>
  /\S[^\n]*\n/.test(start.toString("latin1").replace("\xef\xbb\xbf", ""));
