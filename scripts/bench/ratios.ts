/** Two figures of one run on one machine, and what their ratio has to be. */
export interface Ratio {
  what: string;
  /** The figure of ours, and what it is measured against, each with its unit. */
  ours: string;
  against: string;
  ratio: number;
  limit: { atLeast: number } | { atMost: number };
}

/** Prints the ratios as a table; true when each keeps its limit. */
export function printRatios(ratios: Ratio[]): boolean {
  const rows = ratios.map((row) => [
    row.what,
    row.ours,
    row.against,
    row.ratio.toPrecision(2),
    "atLeast" in row.limit
      ? `>= ${row.limit.atLeast.toPrecision(2)}`
      : `<= ${row.limit.atMost.toPrecision(2)}`,
    keepsLimit(row) ? "ok" : "MISSED",
  ]);
  const table = [["", "ours", "against", "ratio", "limit", ""], ...rows];
  const widths =
    table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table) {
    console.log(`  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")}`.trimEnd());
  }
  return ratios.every(keepsLimit);
}

function keepsLimit({ ratio, limit }: Ratio): boolean {
  return "atLeast" in limit ? ratio >= limit.atLeast : ratio <= limit.atMost;
}

/** The 99th percentile. */
export function p99(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
