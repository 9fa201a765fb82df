import { z } from "zod";
import { day } from "./answers.ts";
import { listOf } from "./figures-question.ts";

const platform = z.enum(["ANDROID", "IOS"]).optional();
const isInOrder = ({ from, to }: { from: string; to: string }) => from <= to;
const outOfOrder = { path: ["to"], error: "must not be before from" };

/** Distinct users can't be added up, so there is one country, or all. */
export const PeopleQuery = z
  .strictObject({ from: day, to: day, platform, country: z.string().min(1, "must not be empty").optional() })
  .refine(isInOrder, outOfOrder);
export type PeopleQuestion = z.infer<typeof PeopleQuery>;

export const CohortsQuery = z
  .strictObject({
    from: day,
    to: day,
    platform,
    country: listOf(z.string().min(1, "must not be empty")).optional(),
  })
  .refine(isInOrder, outOfOrder);
export type CohortsQuestion = z.infer<typeof CohortsQuery>;
