import { z } from "zod";
import { type Column, columns, type ActivityRow as Row } from "./columns.ts";
import { kinds } from "./kinds/kinds.ts";
import { nameUnknown } from "./unknown-fields.ts";

/** The schema of rows of these columns, as they are sent; the output is what is stored. */
export function rowSchema<Output>(columns: readonly Column[]): z.ZodType<Output> {
  const shape = Object.fromEntries(columns.map((column) => [column.name, schemaOf(column)]));
  const schema = z
    .strictObject(shape, {
      error: (issue) => nameUnknown(issue) ?? "must be an object with the fields of a row",
    })
    .refine(({ install_date, event_date }) => (install_date as string) <= (event_date as string), {
      path: ["install_date"],
      error: "must not be after event_date",
    });
  return schema as unknown as z.ZodType<Output>;
}

function schemaOf(column: Column): z.ZodType {
  const { schema, nullableSchema } = kinds[column.kind];
  if (!column.nullable) return schema(column);
  return nullableSchema?.(column) ?? orNull(schema(column));
}

/** Takes an empty text for null, because a CSV has nothing else. */
function orNull(schema: z.ZodType): z.ZodType {
  const optional = z.preprocess((value) => (value === "" ? null : value), schema.nullish());
  return optional.transform((value) => value ?? null);
}

/** One user's activity on one day and platform, as it is sent; the output is what is stored. */
export const ActivityRow = rowSchema<Row>(columns).meta({
  id: "ActivityRow",
  "x-example": {
    user_id: "player-4711",
    event_date: "2026-01-31",
    platform: "ANDROID",
    install_date: "2026-01-28",
    country: "TR",
    total_session_count: 3,
    total_session_duration: 812.5,
    match_start_count: 5,
    match_end_count: 4,
    victory_count: 3,
    defeat_count: 1,
    server_connection_error: 0,
    iap_revenue: 4.99,
    ad_revenue: 0.0125,
  },
});
export type ActivityRow = Row;

/** Whether a row has more results than matches. Senders do that; such rows are stored unchanged, and counted as warnings. */
export const hasMoreResultsThanMatches = (row: ActivityRow) =>
  row.victory_count + row.defeat_count > row.match_end_count;

export { activityFields } from "./columns.ts";
