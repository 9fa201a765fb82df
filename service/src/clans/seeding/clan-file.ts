import { splitHeader } from "@clan-platform/contract/lines/csv-header.ts";
import type { Line } from "@clan-platform/contract/lines/read-lines.ts";
import type { RejectedRow } from "@clan-platform/contract/lines/validate-rows.ts";
import { ClanFileError } from "./clan-file-error.ts";
import { type ClanLine, readClan } from "./clan-line.ts";
import { fileName, readFileLines } from "./file-lines.ts";
import { readRecords } from "./records.ts";

export interface ClanFile {
  clans: ClanLine[];
  /** Lines that are not taken. */
  rejected: RejectedRow[];
  /** What was changed in lines that are taken. */
  warnings: RejectedRow[];
  /** Regions and times that are placeholders such as `NULL`, and taken as empty. */
  placeholders: number;
}

const known = ["name", "region", "created_at"];
const isKnown = (name: string) => known.includes(name);

/**
 * Reads a file of clans: separated by tabs, commas or semicolons, with a header that has `name` and may have
 * `region` and `created_at`, in any order.
 * @throws {ClanFileError} when the file is missing, empty, not UTF-8, or its header has no `name` or a column twice
 */
export async function readClanFile(path: string): Promise<ClanFile> {
  const [header, ...lines] = await readFileLines(path);
  if (!header)
    throw new ClanFileError(`${fileName(path)} is empty: it needs a header line with a name column.`);
  const { names, delimiter } = readHeader(path, header);
  const file: ClanFile = { clans: [], rejected: [], warnings: [], placeholders: 0 };
  for (const record of readRecords(lines, names.length, delimiter)) {
    const reading = readClan(record, names);
    if (!reading) continue;
    if ("rejected" in reading) {
      file.rejected.push(reading.rejected);
      continue;
    }
    file.clans.push(reading.clan);
    file.placeholders += reading.placeholders;
    if (reading.warning) file.warnings.push(reading.warning);
  }
  return file;
}

function readHeader(path: string, { text }: Line) {
  const header = splitHeader(text ?? "", isKnown);
  const { names } = header;
  if (!names.includes("name")) {
    throw new ClanFileError(
      `${fileName(path)} has no name column: its header is "${text?.slice(0, 200)}", and name, region, created_at are known; nothing was seeded.`,
    );
  }
  const repeated = known.find((name) => names.indexOf(name) !== names.lastIndexOf(name));
  if (!repeated) return header;
  throw new ClanFileError(
    `${fileName(path)} has more than one ${repeated} column: its header is "${text?.slice(0, 200)}"; leave one of them; nothing was seeded.`,
  );
}
