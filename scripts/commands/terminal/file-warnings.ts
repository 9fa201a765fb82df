import { counted } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { paragraph } from "./wrap.ts";

/** What was left out of files although their rows were taken: columns, and placeholders for a country. */
export function fileWarnings(ignored: string[], placeholders: number): string[] {
  const names = ignored.map((name) => `"${printable(name)}"`).join(", ");
  const rows = counted(placeholders, "row has", "rows have");
  return [
    ...(ignored.length > 0
      ? ["", indented(`Ignored, because they are no columns of the table: ${names}.`)]
      : []),
    ...(placeholders > 0
      ? ["", indented(`${rows} a placeholder such as NULL for a country: stored as unknown.`)]
      : []),
  ];
}

/** The files of folders that hold no rows. */
export function passedOverText(passedOver: string[]): string[] {
  if (passedOver.length === 0) return [];
  return ["", indented(`Passed over: ${passedOver.map(printable).join(", ")}`)];
}

const indented = (text: string) => paragraph("  ", text);
