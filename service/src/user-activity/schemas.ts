import { ActivityRow } from "@clan-platform/contract/activity-row.ts";
import {
  type Column,
  type ColumnKind,
  columns,
  platforms,
  type Stored,
} from "@clan-platform/contract/columns.ts";
import { isDay } from "@clan-platform/contract/day.ts";
import { Day } from "@clan-platform/contract/kinds/day.ts";
import { expected } from "@clan-platform/contract/kinds/expected.ts";
import { UserId } from "@clan-platform/contract/kinds/id.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { nextPageToken, pageQuery } from "../http/pages.ts";
import { queryInteger } from "../http/query-integer.ts";

export const maxRows = 1_000;

export const ActivityBatch = z
  .strictObject(
    {
      rows: z
        .array(ActivityRow, { error: expected(`a list of 1 to ${maxRows} rows`) })
        .min(1, `must have 1 to ${maxRows} rows`)
        .max(maxRows, `must have 1 to ${maxRows} rows; send more to /user-activity/import`),
    },
    { error: nameUnknown },
  )
  .meta({ id: "ActivityBatch" });

const counts = {
  received: z
    .int()
    .meta({ description: "Rows in the body; the sum of the counts below, except for warnings" }),
  inserted: z.int().meta({ description: "Rows whose user, day and platform were new" }),
  updated: z.int().meta({ description: "Rows that changed what was stored" }),
  unchanged: z.int().meta({ description: "Rows that were stored already, the same" }),
  repeated: z
    .int()
    .meta({ description: "Rows whose key occurs again later in the body: the last one counts" }),
  warnings: z
    .int()
    .meta({ description: "Rows kept although victories and defeats exceed the matches ended" }),
};

export const BatchReport = z.object(counts).meta({ id: "BatchReport" });

const RejectGroup = z
  .object({
    field: z.string().meta({ description: "The field with the fault; line for the line as a whole" }),
    reason: z.string().meta({ description: "The rule that these rows break" }),
    count: z.int().meta({ description: "How many rows break it" }),
    example: z.object({ line: z.int(), message: z.string() }).meta({
      id: "RejectExample",
      description: "The first of them, and what is wrong with it in particular",
    }),
  })
  .meta({ id: "RejectGroup" });

export const ImportReport = z
  .object({
    ...counts,
    rejected: z.int().meta({ description: "Rows that were not stored" }),
    rejects: z
      .array(z.object({ line: z.int(), field: z.string(), message: z.string() }).meta({ id: "Reject" }))
      .meta({ description: "What is wrong with them: the first 100, each with its first fault" }),
    reject_groups: z.array(RejectGroup).meta({
      description: "All of them by their first fault, the most frequent first; at most about 100 groups",
    }),
    country_placeholders: z.int().meta({
      description: "Rows whose country was a placeholder such as NULL or Unknown, stored as not known",
    }),
    ignored_columns: z
      .array(z.string())
      .meta({ description: "Names in the body that are no columns; their values were left out" }),
  })
  .meta({ id: "ImportReport" });

export const ImportQuery = z.strictObject(
  {
    max_rejects: queryInteger(
      0,
      1_000_000,
      "With more rejected rows than this, nothing is stored, and the answer is 422",
    ).prefault(10_000),
  },
  { error: nameUnknown },
);

/** The fields that reports of earlier versions don't have: those stored for a repeat, and those of a service still to be updated. */
export const laterImportFields = { reject_groups: [], country_placeholders: 0, ignored_columns: [] };

export const HistoryQuery = z
  .strictObject(
    {
      user_id: UserId,
      from: Day.optional().meta({ description: "First day; by default the first stored" }),
      to: Day.optional().meta({ description: "Last day; by default the last stored" }),
      ...pageQuery,
    },
    { error: nameUnknown },
  )
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ["from"],
    error: "must not be after to",
  });

/** Where a page ended: the keyset of its last row. */
export const PageCursor = z.strictObject({
  event_date: z.string().refine(isDay),
  platform: z.enum(platforms),
});
export type PageCursor = z.infer<typeof PageCursor>;

const time = z.string().meta({ format: "date-time" });
const storedKinds: Record<ColumnKind, (column: Column) => z.ZodType> = {
  id: ({ description }) => z.string().meta({ description }),
  day: ({ description }) => z.string().meta({ format: "date", description }),
  code: ({ codes = [], description }) => z.enum(codes).meta({ description }),
  country: ({ description }) => z.string().meta({ description }),
  count: ({ description }) => z.int().meta({ format: "int32", description }),
  amount: ({ description }) =>
    z.number().meta({
      format: "double",
      description: `${description}. Written with all its digits, which may be more than a double keeps`,
    }),
};

type AnyColumn = (typeof columns)[number];
type InAnswer<C extends Column> = C extends { kind: "amount" }
  ? number
  : C extends { codes: readonly (infer Code)[] }
    ? Code
    : Stored<C>;

const storedColumns = Object.fromEntries(
  columns.map((column) => {
    const schema = storedKinds[column.kind](column);
    return [column.name, column.nullable ? schema.nullable() : schema];
  }),
) as { [C in AnyColumn as C["name"]]: z.ZodType<InAnswer<C>> };

/** A row as it is stored. It documents answers and checks nothing: the values come from columns of these types. */
export const Activity = z
  .object({
    ...storedColumns,
    received_at: time.meta({ description: "When the row was first received" }),
    updated_at: time.meta({ description: "When a delivery last changed it" }),
  })
  .meta({ id: "Activity" });

export const ActivityPage = z
  .object({ rows: z.array(Activity), next_page_token: nextPageToken })
  .meta({ id: "ActivityPage" });

export const UserPath = z.object({ user_id: UserId });
