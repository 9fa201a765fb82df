import type { DateRange } from "@clan-platform/warehouse/days.ts";

const rangesShown = 3;

/** Date ranges in words: "2024-03-01 to 2024-03-03, 2024-03-05"; of many, the first ones and how many more there are. */
export function rangesText(ranges: DateRange[]): string {
  const texts = ranges.map(({ from_date, to_date }) =>
    from_date === to_date ? from_date : `${from_date} to ${to_date}`,
  );
  const shown = texts.slice(0, rangesShown);
  return [...shown, ...(texts.length > shown.length ? [`${texts.length - shown.length} more`] : [])].join(
    ", ",
  );
}
