import { activityFields, columnsOf, keyColumns, measureColumns } from "@clan-platform/contract/columns.ts";
import { clanMembershipPeriodsTable, type Field, rawTable } from "../tables/table.ts";
import { readStatement, readTemplate, render } from "../templates.ts";
import { csvFields, type Decoded, decodedJson, fields } from "./rejected-lines.ts";

const file = (name: string) => new URL(name, import.meta.url);

/** A list for a template: each name in some form, separated by commas, `and` or `or`, with line breaks. */
const list = (names: readonly string[], write: (name: string) => string, separator: string) =>
  names.map(write).join(separator);

const ofTable = (table: string) => (name: string) => `${table}.${name}`;
const equalIn = (left: string, right: string) => (name: string) => `${left}.${name} = ${right}.${name}`;

const amounts = new Set<string>(columnsOf("amount"));
const rounded = (name: string) => (amounts.has(name) ? `${name}::numeric(38, 9) as ${name}` : name);

/** On PostgreSQL, before the changes are read: `safe_watermark`, where the next run starts. */
export const safeWatermarkQuery = readTemplate(file("safe-watermark.sql"));

const changes = (write: (name: string) => string) =>
  readStatement(file("changes.sql"), ["since"], { columns: list(activityFields, write, ",\n  ") });

/** On PostgreSQL: the changes since the literal or marker given for `since`, with amounts as exact as they are there. */
export const changesStatement = changes((name) => name);
/** The same with amounts rounded as the warehouse rounds them, for a reader that does not round. */
export const roundedChangesStatement = changes(rounded);

/** A column of what PostgreSQL sends. */
export interface ChangesField {
  name: string;
  type: Field["type"] | "BOOL";
}

/** The columns of `changes`, the temporary table with the result of `changes.sql`, in its order. */
export const changesFields: ChangesField[] = [
  ...rawTable.fields.map(({ name, type }) => ({ name, type })),
  { name: "is_erased", type: "BOOL" },
];

/** On PostgreSQL: the clans that changed since the literal or marker given for `since`. */
export const clanChangesStatement = readStatement(file("clan-changes.sql"), ["since"]);
/** On PostgreSQL: the periods of memberships that changed since the literal or marker given for `since`. */
export const membershipChangesStatement = readStatement(file("membership-changes.sql"), ["since"]);

/** The columns of `clan_changes`, the temporary table with the result of `clan-changes.sql`, in its order. */
export const clanChangesFields: ChangesField[] = [
  { name: "clan_id", type: "STRING" },
  { name: "name", type: "STRING" },
  { name: "region", type: "STRING" },
  { name: "created_date", type: "DATE" },
  { name: "changed_date", type: "DATE" },
  { name: "deleted_date", type: "DATE" },
];

/** Likewise of `membership_changes`. */
export const membershipChangesFields: ChangesField[] = [
  ...clanMembershipPeriodsTable.fields.map(({ name, type }) => ({ name, type })),
  { name: "is_erased", type: "BOOL" },
];

/** The temporary tables with what PostgreSQL sends, by their names. */
export const changesTables = [
  { name: "changes", fields: changesFields },
  { name: "clan_changes", fields: clanChangesFields },
  { name: "membership_changes", fields: membershipChangesFields },
];

export const clansWatermarkQuery = readTemplate(file("clans-watermark.sql"));
export const stageClanDifferences = readTemplate(file("stage-clan-differences.sql"));
export const mergeClanDifferences = readTemplate(file("merge-clan-differences.sql"));
export const stageMembershipDifferences = readTemplate(file("stage-membership-differences.sql"));
export const mergeMembershipDifferences = readTemplate(file("merge-membership-differences.sql"));

export const watermarkQuery = readTemplate(file("watermark.sql"));
export const touchedDaysQuery = readTemplate(file("touched-days.sql"));
export const hasErasedQuery = readTemplate(file("has-erased.sql"));
export const erasedDaysQuery = readTemplate(file("erased-days.sql"));
export const expireRejected = readTemplate(file("expire-rejected.sql"));
/** `decoded`, as in `decodedJson`. */
export const linesWithErased = (decoded: Decoded) =>
  render(readTemplate(file("lines-with-erased.sql")), {
    fields: fields("source"),
    csv_fields: csvFields("source"),
    decoded_json: decodedJson("text", decoded),
    id_as_field: fields("user_id"),
  });
/** Takes as long as a sync without it: to be run only when a user was erased. */
export const eraseRejected = (decoded: Decoded) =>
  render(readTemplate(file("erase-rejected.sql")), { lines_with_erased: linesWithErased(decoded) });

const sameKeyAsDelivered = list(keyColumns, equalIn("existing", "delivered"), "\n  and ");

/** `all` where the raw table has each key once. */
export const stageDifferences = (quantifier: "all" | "distinct") =>
  readStatement(file("stage-differences.sql"), ["days"], {
    quantifier,
    delivered_columns: list(activityFields, ofTable("delivered"), ",\n  "),
    same_key: sameKeyAsDelivered,
    is_different: list(
      measureColumns,
      (name) => `existing.${name} is distinct from delivered.${name}`,
      "\n    or ",
    ),
  });

export const stageDeletions = readStatement(file("stage-deletions.sql"), ["days"], {
  same_key: sameKeyAsDelivered,
});

export const lowerWatermarks = readStatement(file("lower-watermarks.sql"), ["started_at", "synced_to"]);

export const overtaken = readStatement(file("overtaken.sql"), ["since"]);

const mergeOf = (differences: string) =>
  readStatement(file("merge-differences.sql"), ["days"], {
    differences,
    same_key: list(keyColumns, equalIn("target", "source"), "\n  and "),
    new_values: list(measureColumns, (name) => `${name} = source.${name}`, ", "),
    columns: activityFields.join(", "),
    source_columns: list(activityFields, ofTable("source"), ", "),
  });

/** `days` are those of all differences. */
export const mergeDifferences = mergeOf("differences");
/** `days` are some of the differences' days. */
export const mergeDifferencesOfDays = mergeOf("(select * from differences where event_date in {{days}})");

/** `note-days.sql` for a table of changed rows. */
export const noteDaysOf = (rows: string) => readStatement(file("note-days.sql"), ["sync_id"], { rows });
export const noteDays = noteDaysOf("differences");
export const noteSync = readStatement(file("note-sync.sql"), ["sync_id", "started_at", "synced_to"]);
