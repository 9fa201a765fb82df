import { z } from "zod";
import { nextPageToken, pageQuery } from "../http/pages.ts";
import { controlCharacter, hasLength, storableText, trimmedPattern } from "../http/text.ts";
import { nameUnknown } from "../http/unknown-fields.ts";
import { isDay, tomorrow } from "./day.ts";
import { decimalRange, plainDecimal, toDecimal } from "./decimal.ts";

export const firstDay = "2015-01-01";
export const maxCount = 2 ** 31 - 1;
export const maxRows = 1_000;

/** An error that tells a field that is not there from one that is wrong. */
const expected = (what: string) => (issue: { input?: unknown }) =>
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

export const ActivityBatch = z.strictObject(
  {
    rows: z
      .array(ActivityRow, { error: expected(`a list of 1 to ${maxRows} rows`) })
      .min(1, `must have 1 to ${maxRows} rows`)
      .max(maxRows, `must have 1 to ${maxRows} rows; more at once go to /user-activity/import`),
  },
  { error: nameUnknown },
);

const counts = {
  received: z.int().meta({ description: "Rows in the body; the sum of the counts below, warnings excepted" }),
  inserted: z.int().meta({ description: "Rows whose user, day and platform were new" }),
  updated: z.int().meta({ description: "Rows that changed what was there" }),
  unchanged: z.int().meta({ description: "Rows that were there already, the same" }),
  repeated: z.int().meta({ description: "Rows whose key came again later in the body: the last one counts" }),
  warnings: z
    .int()
    .meta({ description: "Rows kept although victories and defeats exceed the matches ended" }),
};

export const BatchReport = z.object(counts).meta({ id: "BatchReport" });

export const ImportReport = z
  .object({
    ...counts,
    rejected: z.int().meta({ description: "Rows that were not stored" }),
    rejects: z
      .array(z.object({ line: z.int(), field: z.string(), message: z.string() }))
      .meta({ description: "What is wrong with them: the first 100, each by its first fault" }),
  })
  .meta({ id: "ImportReport" });

export const HistoryQuery = z
  .strictObject({
    user_id: UserId,
    from: Day.optional().meta({ description: "First day, by default the first there is" }),
    to: Day.optional().meta({ description: "Last day, by default the last there is" }),
    ...pageQuery,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ["from"],
    error: "must not be after to",
  });

/** Where a page ended: the keyset of its last row. */
export const PageEnd = z.strictObject({
  event_date: z.string().refine(isDay),
  platform: z.enum(["ANDROID", "IOS"]),
});
export type PageEnd = z.infer<typeof PageEnd>;

const time = z.string().meta({ format: "date-time" });
const storedAmount = z
  .number()
  .meta({ description: "Exact: with all its digits, which may be more than a double keeps" });

/** A row as it is stored. Told, not checked: the values come from columns of these types. */
export const Activity = z
  .object({
    user_id: z.string(),
    event_date: z.string().meta({ format: "date" }),
    platform: z.enum(["ANDROID", "IOS"]),
    install_date: z.string().meta({ format: "date" }),
    country: z.string().nullable(),
    total_session_count: z.int(),
    total_session_duration: storedAmount,
    match_start_count: z.int(),
    match_end_count: z.int(),
    victory_count: z.int(),
    defeat_count: z.int(),
    server_connection_error: z.int(),
    iap_revenue: storedAmount,
    ad_revenue: storedAmount,
    received_at: time.meta({ description: "When the row came first" }),
    updated_at: time.meta({ description: "When a delivery last changed it" }),
  })
  .meta({ id: "Activity" });

export const ActivityPage = z
  .object({ rows: z.array(Activity), next_page_token: nextPageToken })
  .meta({ id: "ActivityPage" });

export const UserPath = z.object({ user_id: UserId });
