import { readStatement, readTemplate, type SharedStatement, withParameters } from "../../templates.ts";
import type { DerivedTable } from "../derived-tables.ts";
import { replacingDays } from "../replacing-days.ts";
import { fullName } from "../table.ts";

const file = (name: string) => new URL(`${name}.sql`, import.meta.url);

/** The days to recompute as date ranges. */
export const dateRangesQuery = readTemplate(file("date-ranges"));

/** `note-day.sql`, with `sync_id`, any id of its own, and `event_date`. */
export const noteDaySql = withParameters(readStatement(file("note-day"), ["sync_id", "event_date"]));

/** The statements that recompute the touched days of a table, in the order of their use; `replaceDays` for each range. */
export interface RecomputeStatements {
  stageSyncs: string;
  stageDays: string;
  replaceDays: SharedStatement;
  noteCovered: string;
}

export function recomputeStatements(derived: DerivedTable): RecomputeStatements {
  const table = fullName(derived.table);
  const runs = fullName(derived.runs);
  const { daysAfter, isOutdated = "false", dependsOnMemberships, query } = derived;
  return {
    stageSyncs: readStatement(file("syncs-to-cover"), [], { runs }).template,
    stageDays: readStatement(file("days-to-recompute"), [], {
      table,
      days_after: String(daysAfter),
      is_outdated: isOutdated,
      depends_on_memberships: String(dependsOnMemberships),
    }).template,
    replaceDays: replacingDays(derived.table, query.template),
    noteCovered: readStatement(file("note-covered"), [], { runs }).template,
  };
}

/** The days that syncs and loads have touched and no run of the table has covered yet. */
export const uncoveredDaysOf = ({ runs, dependsOnMemberships }: DerivedTable): string =>
  readStatement(file("uncovered-days"), [], {
    runs: fullName(runs),
    depends_on_memberships: String(dependsOnMemberships),
  }).template;
