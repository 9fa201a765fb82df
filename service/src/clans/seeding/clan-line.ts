import { isPlaceholder } from "@clan-platform/contract/countries/country-code.ts";
import { firstFault } from "@clan-platform/contract/first-fault.ts";
import type { RejectedRow } from "@clan-platform/contract/lines/validate-rows.ts";
import { ClanName, Region } from "../schemas.ts";
import { isTooSmallForEpoch, parseCreatedAt } from "./created-at.ts";
import type { ClanRecord } from "./records.ts";

export interface ClanLine {
  line: number;
  name: string;
  region: string | null;
  /** A time that PostgreSQL reads; null is "now". */
  createdAt: string | null;
}

export type ClanReading =
  | { rejected: RejectedRow }
  | {
      clan: ClanLine;
      /** What was changed. */
      warning?: RejectedRow;
      /** Its region and time that are placeholders such as `NULL`, and taken as empty. */
      placeholders: number;
    };

const noTime = "is no time: YYYY-MM-DD H:MM:SS, ISO 8601 or epoch seconds";
const tooSmall =
  "is too small for epoch seconds, maybe a spreadsheet's day number: write it as YYYY-MM-DD H:MM:SS";

/** Reads a record as a clan; undefined when all its values are empty, as spreadsheets leave them below the last one. */
export function readClan(record: ClanRecord, columns: string[]): ClanReading | undefined {
  const finding = (field: string, message: string, reason = message): RejectedRow => {
    const { line, text } = record;
    return { line, field, message, reason, otherFaults: 0, text };
  };
  const rejected = (...args: Parameters<typeof finding>) => ({ rejected: finding(...args) });
  if (!("values" in record)) return rejected("line", record.message, record.reason);
  const values = record.values.map((value) => value.trim());
  if (values.every((value) => value === "")) return undefined;
  if (values.length < columns.length) {
    return rejected("line", `has ${values.length} of ${columns.length} columns`);
  }
  if (values.slice(columns.length).some((value) => value !== "")) {
    return rejected("line", `has ${values.length} columns, and the header ${columns.length}`);
  }
  // Where exports were concatenated.
  if (columns.every((column, at) => values[at]?.toLowerCase() === column)) {
    return rejected("line", "repeats the header");
  }
  const textOf = (column: string) => values[columns.indexOf(column)] ?? "";
  const filled = (column: string) => (isPlaceholder(textOf(column)) ? "" : textOf(column));

  const name = ClanName.safeParse(textOf("name"));
  if (!name.success) {
    const { message, reason } = firstFault(name.error);
    return rejected("name", message, reason);
  }

  const time = filled("created_at");
  const createdAt = time === "" ? null : parseCreatedAt(time);
  if (createdAt === undefined) {
    const reason = isTooSmallForEpoch(time) ? tooSmall : noTime;
    return rejected("created_at", `"${time}" ${reason}`, reason);
  }

  const code = filled("region");
  const region = code === "" ? null : Region.safeParse(code);
  const clan = { line: record.line, name: name.data, region: region?.data ?? null, createdAt };
  const placeholders = ["region", "created_at"].filter((column) => isPlaceholder(textOf(column))).length;
  if (region === null || region.success) return { clan, placeholders };
  const reason = "is no code; the clan is kept without one";
  return { clan, placeholders, warning: finding("region", `"${code}" ${reason}`, reason) };
}
