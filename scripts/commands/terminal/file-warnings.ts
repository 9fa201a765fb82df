import { counted } from "./amounts.ts";
import { printable } from "./printable.ts";

/** What was left out of files although their rows were taken: columns, and placeholders for a country. */
export function fileWarnings(ignored: string[], placeholders: number): string[] {
  const names = ignored.map((name) => `"${printable(name)}"`).join(", ");
  const rows = counted(placeholders, "row has", "rows have");
  return [
    ...(ignored.length > 0 ? ["", `  Ignored, because they are no columns of the table: ${names}.`] : []),
    ...(placeholders > 0
      ? ["", `  ${rows} a placeholder such as NULL for a country: stored as unknown.`]
      : []),
  ];
}
