import type { AnnotationsAnswer, UnusualAnswer } from "../../server/answers.ts";
import { measureOf } from "./measures.ts";
import { countryName, platformName, weekdayText } from "./names.ts";

export type UnusualDay = UnusualAnswer["days"][number];
export type Annotation = AnnotationsAnswer["annotations"][number];

/** What is remarkable about days: figures far from the usual ones, and what people noted. */
export interface Marks {
  unusual: UnusualDay[];
  annotations: Annotation[];
}

/** `in Türkiye`, `on iOS`, `in all` */
export function whereText({ scope, name }: Pick<UnusualDay, "scope" | "name">): string {
  if (scope === "country") return `in ${countryName(name)}`;
  return scope === "platform" ? `on ${platformName(name)}` : "in all";
}

/** `Fri 20 Mar: Server errors per DAU in Türkiye 4.2000, usually 0.0400` */
export function unusualText(unusual: UnusualDay): string {
  const { day, metric, value, usual } = unusual;
  const { label, format } = measureOf(metric);
  return `${weekdayText(day)}: ${label} ${whereText(unusual)} ${format(value)}, usually ${format(usual)}`;
}

/** What people noted about a day, in full: a chart has room for the first words. */
export const notesOf = ({ annotations }: Marks, day: string): string[] =>
  annotations.filter((note) => note.day === day).map(({ text }) => text);

/** The marks of a chart of one metric: those of its scope, and the notes that are about it or about everything. */
export function marksOf(
  { unusual, annotations }: Marks,
  metric: string,
  { platform, countries }: { platform: string | undefined; countries: string[] },
): Marks {
  const isOfScope = ({ scope, name }: UnusualDay) =>
    scope === "country"
      ? countries.includes(name)
      : countries.length === 0 && (scope === "platform" ? name === platform : platform === undefined);
  return {
    unusual: unusual.filter((day) => day.metric === metric && isOfScope(day)),
    annotations: annotations.filter(
      (note) =>
        (note.metric === null || note.metric === metric) &&
        (note.country === null || countries.length === 0 || countries.includes(note.country)),
    ),
  };
}
