import { dayLabel, pointTexts } from "../figures/names.ts";

/** A point of a chart's horizontal axis. */
export interface Point {
  /** On the axis. */
  label: string;
  /** In the table. */
  name: string;
  /** In the CSV. */
  key: string;
  /** Of a day: whether it is not over; it is dotted and marked then. */
  isIncomplete?: boolean;
}

/** The points of days, which the table and the CSV name with their year. */
export function dayPoints(days: string[], isIncomplete: boolean[]): Point[] {
  const labels = pointTexts(days, "day");
  return days.map((day, at) => {
    const isOpen = isIncomplete[at] ?? false;
    return { label: labels[at] ?? day, name: dayLabel(day, isOpen), key: day, isIncomplete: isOpen };
  });
}
