import { median } from "../../bench/statistics.ts";

/**
 * How much a figure grows a minute: the median of the slopes between points half the time apart, which single outliers don't move
 * (Theil 1950, as Conover shortens it).
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
