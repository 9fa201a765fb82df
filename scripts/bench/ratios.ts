import { type Limit, limits } from "./limits.ts";

/** Two figures of one run on one machine. */
export interface Ratio {
  what: string;
  /** The measured figure and its baseline, each with its unit. */
  ours: string;
  against: string;
  ratio: number;
}

export interface Judged extends Ratio {
  limit: Limit;
  isMet: boolean;
  isGoalMet: boolean;
}

/** The judged ratios of a part, or the error that ended it. */
export type PartResult = Judged[] | Error;

/** The ratios of a part with their limits. @throws unless exactly the ratios with a limit were measured */
export function judge(part: string, ratios: Ratio[]): Judged[] {
  const expected = limits[part] ?? {};
  const measured = new Set(ratios.map(({ what }) => what));
  const missing = Object.keys(expected).filter((what) => !measured.has(what));
  if (missing.length > 0) throw new Error(`${part} did not measure: ${missing.join("; ")}`);
  return ratios.map((ratio) => {
    const limit = expected[ratio.what];
    if (!limit) throw new Error(`bench/limits.ts has no limit for ${part}: ${ratio.what}`);
    return { ...ratio, limit, ...verdictOn(ratio.ratio, limit) };
  });
}

function verdictOn(ratio: number, limit: Limit): { isMet: boolean; isGoalMet: boolean } {
  const bound = boundOf(limit);
  const reaches = (value: number) => ("atLeast" in limit ? ratio >= value : ratio <= value);
  return { isMet: reaches(bound), isGoalMet: reaches(limit.goal ?? bound) };
}

/** With two digits, or as many as it takes to be on the same side of the limit and the goal: 2.01 misses a limit of 2. */
export function ratioText({ ratio, limit, isMet, isGoalMet }: Judged): string {
  for (let digits = 2; digits < 15; digits++) {
    const text = ratio.toPrecision(digits);
    const shown = verdictOn(Number(text), limit);
    if (shown.isMet === isMet && shown.isGoalMet === isGoalMet) return text;
  }
  return String(ratio);
}

/** The figure that a limit is about. */
export const boundOf = (limit: Limit) => ("atLeast" in limit ? limit.atLeast : limit.atMost);

export const limitText = (limit: Limit) => `${"atLeast" in limit ? ">=" : "<="} ${figure(boundOf(limit))}`;

/** Whether a ratio meets its limit, and the goal that it misses. */
export function verdictOf({ limit, isMet, isGoalMet }: Judged): string {
  if (!isMet) return "MISSED";
  return isGoalMet ? "ok" : `ok (goal ${figure(limit.goal as number)})`;
}

/** With as many digits as a limit may need, such as 1.15. */
const figure = (ratio: number) => String(Number(ratio.toPrecision(3)));
