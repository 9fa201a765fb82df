import { platforms } from "@clan-platform/contract/columns.ts";
import { z } from "zod";
import { day, isInOrder, outOfOrder } from "./answers.ts";

export const dimensions = ["day", "country", "platform", "membership"] as const;
export type Dimension = (typeof dimensions)[number];

/** A comma-separated list; a parameter that is repeated means the same. */
const listOf = <Item extends z.ZodType>(item: Item) =>
  z.preprocess((value) => [value].flat().flatMap((text) => String(text).split(",")), z.array(item));

export const platform = z.enum(platforms);
export const country = z.string().min(1, "must not be empty");
export const countryList = listOf(country);

const dimensionsList = z.preprocess(
  (value) => (value === "" ? undefined : value),
  listOf(z.enum(dimensions))
    .refine((names) => new Set(names).size === names.length, "must name each column once")
    .optional(),
);

/** The parameters of `/api/figures`. */
export const FiguresQuery = z
  .strictObject({
    from: day,
    to: day,
    /** Days between these that are left out. */
    without: listOf(day).optional(),
    by: dimensionsList.optional(),
    grain: z.enum(["day", "week", "month"]).default("day"),
    platform: listOf(platform).optional(),
    country: countryList.optional(),
  })
  .refine(isInOrder, outOfOrder);
export type FiguresQuery = z.infer<typeof FiguresQuery>;

/** Sums of daily_metrics, or of membership_metrics where it is by membership, over these days, both included, for each combination of `by`. */
export interface FiguresQuestion {
  from: string;
  to: string;
  /** Days between these that are left out; undefined for none. */
  without: string[] | undefined;
  by: Dimension[];
  /** What days are truncated to; weeks begin on Mondays. */
  grain: "day" | "week" | "month";
  /** The values to be included; undefined for all. */
  platform: string[] | undefined;
  country: string[] | undefined;
}

/** The question in one form, however its parameters are ordered. */
export function toQuestion(query: FiguresQuery): FiguresQuestion {
  const { from, to, without, by = [], grain, platform, country } = query;
  return {
    from,
    to,
    without: inOneForm(without),
    by: dimensions.filter((dimension) => by.includes(dimension)),
    grain: by.includes("day") ? grain : "day",
    platform: inOneForm(platform),
    country: inOneForm(country),
  };
}

const inOneForm = <Text extends string>(list: Text[] | undefined) => list && [...new Set(list)].sort();
