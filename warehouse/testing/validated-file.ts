import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { csvHeader } from "@clan-platform/scripts/testkit/activity.ts";
import type { ValidationResult } from "../loading/validate-file.ts";

export interface Reject {
  line: number;
  field: string;
  reason: string;
  text: string | null;
}

/** Writes what `validateFile` would of a file with these rows and rejected lines. */
export function writeValidated(
  folder: string,
  rows: Record<string, unknown>[],
  rejects: Reject[] = [],
): ValidationResult {
  const validPath = join(folder, "valid.csv.gz");
  const rejectedPath = join(folder, "rejected.ndjson");
  const columns = csvHeader.split(",");
  const lines = rows.map((row, at) => [...columns.map((column) => row[column] ?? ""), at + 2].join(","));
  writeFileSync(validPath, gzipSync([`${csvHeader},line`, ...lines, ""].join("\n")));
  writeFileSync(rejectedPath, rejects.map((reject) => `${JSON.stringify(reject)}\n`).join(""));
  return {
    read: rows.length + rejects.length,
    rejected: rejects.length,
    findings: { rejects: [], countryPlaceholders: 0, ignored: [] },
    validPath,
    rejectedPath,
  };
}
