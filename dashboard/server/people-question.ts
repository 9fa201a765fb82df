import { z } from "zod";
import { day, isInOrder, outOfOrder } from "./answers.ts";
import { country, countryList, platform } from "./figures-question.ts";

/** Distinct users can't be added up, so there is one country, or all. */
export const PeopleQuery = z
  .strictObject({ from: day, to: day, platform: platform.optional(), country: country.optional() })
  .refine(isInOrder, outOfOrder);
export type PeopleQuestion = z.infer<typeof PeopleQuery>;

export const CohortsQuery = z
  .strictObject({
    from: day,
    to: day,
    /** The last complete day: days after it have not happened yet, nor does today, whatever is asked. */
    until: day.optional(),
    platform: platform.optional(),
    country: countryList.optional(),
  })
  .refine(isInOrder, outOfOrder);
export type CohortsQuestion = z.infer<typeof CohortsQuery>;
