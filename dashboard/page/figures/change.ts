import { type Pair, pairsText } from "./like-for-like.ts";
import type { Measure } from "./measure.ts";
import { weekdayText } from "./names.ts";
import { type Noise, noiseOf } from "./noise.ts";
import type { Day } from "./sums.ts";

export interface Change {
  direction: "up" | "down" | "same";
  /** Without a sign: `20.0%`, `0.01 points`, `unchanged`. */
  text: string;
  /** Noise is grey; neutral is neither good nor bad, or can't be judged. */
  tone: "good" | "bad" | "noise" | "neutral";
  /** The one day that makes the change, `Thu 19 Mar`; undefined where none does. */
  mostlyOn?: string;
  /** Why the tone is what it is, and which days are compared. */
  explanation: string;
}

const percent = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const points = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const size = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

/**
 * The change of a measure between two periods, over the days that have figures in both. Undefined if there is no such
 * day, or a ratio has no divisor on a side.
 *
 * The change never contradicts the two figures beside it, which `measure.text` formats. If they are equal, it is `unchanged` or
 * `hardly changed`. The points of a share are the difference of the two figures as shown. A percentage is computed from
 * the exact figures; one that would round to 0 is `< 0.1%`. From a figure that is shown as 0, which has no
 * percentage, the change is the difference itself.
 */
export function changeOf(
  measure: Measure,
  pair: Pair | undefined,
  series: { now: Day[]; before: Day[] },
): Change | undefined {
  if (!pair) return undefined;
  const [now, before] = [measure.value(pair.now), measure.value(pair.before)];
  if (now === null || before === null) return undefined;
  const explain = (reason: string) => [reason, pairsText(pair)].filter(Boolean).join(". ").concat(".");
  const shown = { now: measure.text(pair.now), before: measure.text(pair.before) };
  if (shown.now === shown.before) {
    const isExact = now === before;
    return {
      direction: "same",
      text: isExact ? "unchanged" : "hardly changed",
      tone: "neutral",
      explanation: explain(isExact ? "Both figures are equal" : "The figures differ by less than is shown"),
    };
  }
  const direction = now > before ? "up" : "down";
  const noise = noiseOf(measure, series, direction);
  return {
    direction,
    text: textOf(measure, { now, before }, shown),
    tone: toneOf(measure, direction, noise),
    ...(noise.kind === "one day" && { mostlyOn: weekdayText(noise.day as string) }),
    explanation: explain(reasonOf(noise)),
  };
}

function textOf(
  measure: Measure,
  { now, before }: { now: number; before: number },
  shown: { now: string; before: string },
): string {
  if (measure.isShare)
    return `${points.format(Math.abs(asNumber(shown.now) - asNumber(shown.before)))} points`;
  if (shown.before === measure.format(0)) return measure.format(Math.abs(asNumber(shown.now)));
  const change = percent.format(Math.abs(100 * (now / before - 1)));
  return change === percent.format(0) ? "< 0.1%" : `${change}%`;
}

/** `1,234.57%` as 1234.57, rounded as it is shown. */
export const asNumber = (text: string): number => Number(text.replace(/[^\d.-]/g, ""));

function toneOf({ moreIs }: Measure, direction: "up" | "down", { kind }: Noise): Change["tone"] {
  if (kind === "noise" || kind === "opposed") return "noise";
  if (kind === "unknown" || moreIs === "neutral") return "neutral";
  return (direction === "up") === (moreIs === "better") ? "good" : "bad";
}

function reasonOf({ kind, size: errors, day }: Noise): string {
  if (kind === "unknown")
    return "One day on each side shows no day-to-day variation, so the change isn't judged";
  if (kind === "one day") return `Mostly one day: ${weekdayText(day as string)}`;
  if (kind === "opposed") return "The daily figures moved the other way on average";
  const by = Number.isFinite(errors)
    ? `: the daily means differ by ${size.format(errors)} standard errors`
    : "";
  return kind === "noise"
    ? `Within the day-to-day variation${by}`
    : `More than the day-to-day variation${by}`;
}
