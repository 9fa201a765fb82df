import { median } from "../../bench/statistics.ts";

/**
 * The growth of a figure per minute: the median of the slopes between points half of the time apart, which is robust to outliers
 * (Theil's estimator, in Conover's abbreviated form).
 */
export function slopePerMinute(points: [minute: number, value: number][]): number {
  const half = Math.floor(points.length / 2);
  const slopes = points.slice(0, half).flatMap(([minute, value], n) => {
    const [laterMinute, laterValue] = points[n + half] ?? [];
    return laterMinute === undefined || laterValue === undefined
      ? []
      : [(laterValue - value) / (laterMinute - minute)];
  });
  return median(slopes);
}
