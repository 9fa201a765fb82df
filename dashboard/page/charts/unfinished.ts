import { lonelySymbols } from "./options.ts";

/** One sentence below the title of a chart of days. */
export const unfinishedHint = (hasIncomplete: boolean): string | undefined =>
  hasIncomplete ? "Days that are not over are dotted." : undefined;

/** What follows a day's figures in a tooltip. */
export const unfinishedNote = (isIncomplete: boolean | undefined): string =>
  isIncomplete ? ", not over" : "";

type Values = (number | null)[];

/** The values that are whole and, if there are others, those with the neighbours that they are joined to. */
export function splitUnfinished(values: Values, isUnfinished: boolean[]): [whole: Values, rest?: Values] {
  const whole = values.map((value, at) => (isUnfinished[at] ? null : value));
  if (!isUnfinished.includes(true)) return [whole];
  const isJoined = (at: number) => isUnfinished[at - 1] || isUnfinished[at] || isUnfinished[at + 1];
  return [whole, values.map((value, at) => (isJoined(at) ? value : null))];
}

interface Line {
  data: Values;
  lineStyle: { width: number; type: "solid" | "dotted" };
}

/** A line as one or two series: solid where it is whole, and dotted where it is not. */
export function dottedWhere(values: Values, isUnfinished: boolean[], width: number): Line[] {
  const [whole, rest] = splitUnfinished(values, isUnfinished);
  const solid: Line = { data: whole, ...lonelySymbols(whole), lineStyle: { width, type: "solid" } };
  if (!rest) return [solid];
  const sizeAt = (_: unknown, { dataIndex }: { dataIndex: number }) => (isUnfinished[dataIndex] ? 5 : 0);
  const symbols = { showSymbol: true, symbolSize: sizeAt };
  return [solid, { data: rest, ...symbols, lineStyle: { width: width - 0.5, type: "dotted" } }];
}

/** The values of bars; those that are not whole are a dotted outline. */
export const outlinedWhere = (values: Values, isUnfinished: boolean[], color: string) =>
  values.map((value, at) =>
    isUnfinished[at]
      ? {
          value,
          itemStyle: { color: "transparent", borderColor: color, borderWidth: 1.5, borderType: "dotted" },
        }
      : value,
  );
