import { ActivityRow, Day, expected, UserId } from "@clan-platform/contract/activity-row.ts";
import { isDay } from "@clan-platform/contract/day.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { nextPageToken, pageQuery } from "../http/pages.ts";

export const maxRows = 1_000;

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
export const PageCursor = z.strictObject({
  event_date: z.string().refine(isDay),
  platform: z.enum(["ANDROID", "IOS"]),
});
export type PageCursor = z.infer<typeof PageCursor>;

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
