import { z } from "zod";
import { firstDay, isDay, tomorrow } from "../day.ts";
import { expected } from "./expected.ts";
import type { Kind } from "./kind.ts";

/** Any day of the calendar. */
export const Day = z
  .string({ error: expected("a day as YYYY-MM-DD") })
  .refine(isDay, { error: "must be a real day as YYYY-MM-DD", abort: true })
  .meta({ format: "date", examples: ["2026-01-31"] });

const isInRange = (day: string) => firstDay <= day && day <= tomorrow();

const activityDay = Day.refine(isInRange, `must be from ${firstDay} to tomorrow (UTC)`).meta({
  description: `From ${firstDay} to tomorrow (UTC)`,
});

// Data frames and databases write a day as the moment at which it begins.
const midnight = String.raw`(?:[T ]00:00(?::00(?:\.0{1,9})?)?(?:Z| ?UTC|[+-]00(?::?00)?)?)?`;
const atMidnight = new RegExp(String.raw`^\d{4}-\d{2}-\d{2}${midnight}$`);

/** A day on which a game may have been played. */
export const day: Kind<string> = {
  schema: () => activityDay,
  readPlain: (value) => (typeof value === "string" && isDay(value) && isInRange(value) ? value : undefined),
  plainForm: () => String.raw`\d{4}-\d{2}-\d{2}${midnight}`,
  fromFile: (value) => (typeof value === "string" && atMidnight.test(value) ? value.slice(0, 10) : value),
};
