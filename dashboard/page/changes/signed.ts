import { asNumber } from "../figures/change.ts";
import { noValue } from "../figures/measure.ts";
import type { Measure } from "../figures/measures.ts";
import type { Sums } from "../figures/sums.ts";

const points = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fewPoints = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 1 });
const percent = new Intl.NumberFormat("en-US", {
  style: "percent",
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "negative",
});

/** A change in the unit of its measure, of a share in percentage points, with its sign; one that is rounded to 0 has none. */
export function signed(measure: Measure, change: number): string {
  const sign = change > 0 ? "+" : change < 0 ? "−" : "±";
  const size = Math.abs(change);
  if (!measure.isShare) {
    const text = measure.format(size);
    return change !== 0 && text === measure.format(0) ? text : `${sign}${text}`;
  }
  // Many small countries move a share by less than a hundredth of a point.
  const format = size > 0 && size < 5e-5 ? fewPoints : points;
  return `${sign}${format.format(100 * size)} points`;
}

/** The change between two figures next to it, which it never contradicts: the difference of what is shown of them. A dash where one has no value. */
export function signedBetween(measure: Measure, now: Sums, before: Sums): string {
  const [value, valueBefore] = [measure.value(now), measure.value(before)];
  if (value === null || valueBefore === null) return noValue;
  const [shown, shownBefore] = [measure.text(now), measure.text(before)];
  if (shown === shownBefore) return value === valueBefore ? "unchanged" : "hardly changed";
  const difference = asNumber(shown) - asNumber(shownBefore);
  return signed(measure, measure.isShare ? difference / 100 : difference);
}

/** A part of a change, in percent of it. */
export const shareOfChange = (share: number): string => percent.format(share).replace("-", "−");
