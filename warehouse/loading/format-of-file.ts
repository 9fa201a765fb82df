import { isUtf8 } from "node:buffer";
import { InputError } from "@clan-platform/contract/errors.ts";
import { fromHeader } from "@clan-platform/contract/lines/before-header.ts";
import { type CsvHeader, readCsvHeader } from "@clan-platform/contract/lines/csv-header.ts";
import { UnfitFile } from "./unfit-file.ts";

/** What the first bytes of a file say of its lines. */
export type FileFormat = CsvFormat | { name: "ndjson" };

interface CsvFormat extends CsvHeader {
  name: "csv";
  /** The header is the first line, without a byte order mark, blanks or Excel's `sep=;` before it. */
  isAtStart: boolean;
}

/**
 * Finds the format of a file by its first bytes, which have its first line with content.
 * @throws {UnfitFile}
 */
export function formatOf(start: Buffer): FileFormat {
  if (start.length === 0) throw unfit("is empty");
  if (start[0] === 0xff || start[0] === 0xfe) throw unfit("is UTF-16: save it as UTF-8");
  if (start[0] === 0x1f && start[1] === 0x8b) throw unfit("is gzip within gzip: unpack it once");
  const text = start.toString("utf8");
  const content = fromHeader(text);
  if (content.startsWith("{")) return { name: "ndjson" };
  if (content.startsWith("[")) throw unfit("is a JSON array: write one object per line (NDJSON) instead");
  if (content.startsWith("PAR1")) throw unfit("is Parquet within gzip: unpack it");
  if (content.startsWith("PK\u0003\u0004"))
    throw unfit("is a ZIP archive or a spreadsheet: unpack it, or save it as CSV");
  const [header = ""] = content.split(/\r?\n/, 1);
  if (!isUtf8(bytesOfHeader(start, text, content)))
    throw unfit("has a header that is not UTF-8: save it as UTF-8");
  return { name: "csv", isAtStart: text === content, ...readHeader(header) };
}

function bytesOfHeader(start: Buffer, text: string, content: string): Buffer {
  const bytes = start.subarray(Buffer.byteLength(text.slice(0, text.length - content.length)));
  const end = bytes.indexOf("\n");
  return end === -1 ? bytes : bytes.subarray(0, end);
}

const unfit = (problem: string) => new UnfitFile(`${problem}; none of it was loaded.`);

function readHeader(header: string): CsvHeader {
  try {
    return readCsvHeader(header);
  } catch (cause) {
    throw cause instanceof InputError ? new UnfitFile(`can't be read. ${cause.message}`, { cause }) : cause;
  }
}

/** Whether these first bytes have a whole line with content. */
export const hasFirstLine = (start: Buffer) => /\S[^\n]*\n/.test(fromHeader(start.toString("utf8")));
