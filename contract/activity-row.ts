import { z } from "zod";
import { isDay, tomorrow } from "./day.ts";
import { decimalRange, plainDecimal, toDecimal } from "./decimal.ts";
import { controlCharacter, hasLength, storableText, trimmedPattern } from "./text.ts";
import { nameUnknown } from "./unknown-fields.ts";

export const firstDay = "2015-01-01";
export const maxCount = 2 ** 31 - 1;

/** An error that tells a field that is not there from one that is wrong. */
export const expected = (what: string) => (issue: { input?: unknown }) =>
  issue.input === undefined ? "is missing" : `must be ${what}`;

export const UserId = z
  .string({ error: expected("a string") })
  .pipe(storableText)
  .refine((id) => hasLength(id, 128), "must have 1 to 128 characters")
  .refine((id) => !controlCharacter.test(id) && id.trim() === id, {
    error: "must not contain control characters, nor begin or end with a blank",
  })
  // As a part of a URL's path, these two mean another path.
  .refine((id) => id !== "." && id !== "..", 'must not be "." or ".."')
  .meta({
    minLength: 1,
    maxLength: 128,
    pattern: trimmedPattern,
    not: { enum: [".", ".."] },
    examples: ["player-4711"],
  });

export const Day = z
  .string({ error: expected("a day as YYYY-MM-DD") })
  .refine(isDay, { error: "must be a real day as YYYY-MM-DD", abort: true })
  .meta({ format: "date", examples: ["2026-01-31"] });

const activityDay = Day.refine(
  (day) => firstDay <= day && day <= tomorrow(),
  `must be from ${firstDay} to tomorrow (UTC)`,
).meta({ description: `From ${firstDay} to tomorrow (UTC)` });

const count = z
  .int({ error: expected(`a whole number from 0 to ${maxCount}`), abort: true })
  .min(0, `must be a whole number from 0 to ${maxCount}`)
  .max(maxCount, `must be a whole number from 0 to ${maxCount}`);

const amount = z
  .union([z.number(), z.string()], { error: expected(`a number ${decimalRange}`) })
  .transform((value, context) => {
    const decimal = toDecimal(value);
    if (decimal !== undefined) return decimal;
    context.issues.push({ code: "custom", input: value, message: `must be a number ${decimalRange}` });
    return z.NEVER;
  });

// What is told of amounts as text is their plain notation; one with an exponent is taken as well.
const amountRange = { minimum: 0, exclusiveMaximum: 1e15, pattern: plainDecimal.source };

const money = (what: string) =>
  amount.meta({
    ...amountRange,
    description: `${what} in USD, kept exactly: ${decimalRange}`,
    examples: [4.99],
  });

/** One user's activity on one day and platform, as it is sent; the output is what is stored. */
export const ActivityRow = z
  .strictObject(
    {
      user_id: UserId,
      event_date: activityDay,
      platform: z
        .string({ error: expected("ANDROID or IOS") })
        // Without a flag, which the OpenAPI document could not tell.
        .regex(/^([Aa][Nn][Dd][Rr][Oo][Ii][Dd]|[Ii][Oo][Ss])$/, "must be ANDROID or IOS")
        .toUpperCase()
        .meta({ description: "ANDROID or IOS, in any case", examples: ["ANDROID"] }),
      install_date: activityDay,
      country: z
        .string({ error: "must be two letters (ISO 3166-1 alpha-2), null or empty" })
        .regex(/^([A-Za-z]{2})?$/, "must be two letters (ISO 3166-1 alpha-2), null or empty")
        .nullish()
        .transform((code) => code?.toUpperCase() || null)
        .meta({ examples: ["TR"] }),
      total_session_count: count,
      total_session_duration: amount.meta({ ...amountRange, description: `Seconds: ${decimalRange}` }),
      match_start_count: count,
      match_end_count: count,
      victory_count: count,
      defeat_count: count,
      server_connection_error: count,
      iap_revenue: money("In-app purchases"),
      ad_revenue: money("Advertising"),
    },
    { error: (issue) => nameUnknown(issue) ?? "must be an object with the fields of a row" },
  )
  .refine(({ install_date, event_date }) => install_date <= event_date, {
    path: ["install_date"],
    error: "must not be after event_date",
  })
  .meta({ id: "ActivityRow" });
export type ActivityRow = z.output<typeof ActivityRow>;

/** The fields of a row in the order of the contract, which is also the order of the table's columns. */
export const activityFields = Object.keys(ActivityRow.shape) as (keyof ActivityRow)[];

/** Senders do that; the row is kept as it is, and counted as a warning. */
export const hasMoreResultsThanMatches = (row: ActivityRow) =>
  row.victory_count + row.defeat_count > row.match_end_count;
