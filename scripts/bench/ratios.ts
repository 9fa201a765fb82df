import { type Limit, limits } from "./limits.ts";

/** Two figures of one run on one machine. */
export interface Ratio {
  what: string;
  /** The figure of ours, and what it is measured against, each with its unit. */
  ours: string;
  against: string;
  ratio: number;
}

export interface Judged extends Ratio {
  limit: Limit;
  isKept: boolean;
}

/** The ratios of a part with their limits. @throws when what is promised and what was measured are not the same */
export function judge(part: string, ratios: Ratio[]): Judged[] {
  const promised = limits[part] ?? {};
  const measured = new Set(ratios.map(({ what }) => what));
  const missing = Object.keys(promised).filter((what) => !measured.has(what));
  if (missing.length > 0) throw new Error(`${part} did not measure: ${missing.join("; ")}`);
  return ratios.map((ratio) => {
    const limit = promised[ratio.what];
    if (!limit) throw new Error(`bench/limits.ts has no limit for ${part}: ${ratio.what}`);
    const isKept = "atLeast" in limit ? ratio.ratio >= limit.atLeast : ratio.ratio <= limit.atMost;
    return { ...ratio, limit, isKept };
  });
}

export const limitText = (limit: Limit) =>
  "atLeast" in limit ? `>= ${limit.atLeast.toPrecision(2)}` : `<= ${limit.atMost.toPrecision(2)}`;

/** The 99th percentile. */
export function p99(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN;
}

export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
