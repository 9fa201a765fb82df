import { countLine } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { rejectGroupsText } from "@clan-platform/contract/terminal/reject-groups-text.ts";
import type { LoadedFile } from "@clan-platform/warehouse/loading/load-in-order.ts";
import { fileWarnings } from "../terminal/file-warnings.ts";
import { paragraph } from "../terminal/wrap.ts";

type Counts = Record<"read" | "loaded" | "replaced" | "rejected", number>;

/** The rows of the parts that this run loaded; those of parts that were loaded before are not counted. */
export function sumOf(parts: LoadedFile[]): Counts {
  const fresh = parts.filter(({ wasLoaded }) => !wasLoaded);
  const sum = (count: keyof Counts) => fresh.reduce((total, part) => total + part[count], 0);
  return { read: sum("read"), loaded: sum("loaded"), replaced: sum("replaced"), rejected: sum("rejected") };
}

/** What a load did, row by row. @throws when its counts don't add up */
export function reportText(parts: LoadedFile[]): string {
  const skipped = parts.filter(({ wasLoaded }) => wasLoaded).length;
  const fresh = parts.filter(({ wasLoaded }) => !wasLoaded);
  const { read, loaded, replaced, rejected } = sumOf(parts);
  if (read !== loaded + replaced + rejected) {
    throw new Error(`the counts don't add up: ${read} read, ${loaded} + ${replaced} + ${rejected}`);
  }
  const lines = [
    "",
    countLine(parts.length, partsText(parts.length, skipped)),
    countLine(read, "rows read"),
    countLine(loaded, "loaded"),
    countLine(replaced, "replaced one with the same key"),
    countLine(rejected, "rejected"),
  ];
  for (const part of fresh.filter(({ rejected }) => rejected > 0)) {
    lines.push("", `  ${printable(part.path)}: ${part.rejected.toLocaleString("en")} rejected`);
    lines.push(...rejectGroupsText(part.findings?.rejects ?? [], paragraph));
  }
  if (rejected > 0) {
    lines.push("", "  Line and reason of each are in clan_case_raw.user_daily_metrics_rejected.");
  }
  return [...lines, ...warningLines(fresh)].join("\n");
}

function partsText(count: number, skipped: number): string {
  const parts = count === 1 ? "part" : "parts";
  if (skipped === 0) return parts;
  return `${parts}, of which ${skipped} ${skipped === 1 ? "was" : "were"} loaded before`;
}

function warningLines(parts: LoadedFile[]): string[] {
  const ignored = new Set(parts.flatMap(({ findings }) => findings?.ignored ?? []));
  const placeholders = parts.reduce((sum, { findings }) => sum + (findings?.countryPlaceholders ?? 0), 0);
  return fileWarnings([...ignored], placeholders);
}
