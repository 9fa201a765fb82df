import {
  clanChangesStatement,
  clansWatermarkQuery,
  erasedDaysQuery,
  eraseRejected,
  expireRejected,
  hasErasedQuery,
  membershipChangesStatement,
  mergeClanDifferences,
  mergeDifferencesOfDays,
  mergeMembershipDifferences,
  noteDays,
  noteSync,
  overtaken,
  roundedChangesStatement,
  safeWatermarkQuery,
  stageClanDifferences,
  stageDeletions,
  stageDifferences,
  stageMembershipDifferences,
  touchedDaysQuery,
  watermarkQuery,
} from "../../sync/statements.ts";
import { type DerivedTable, derivedTables } from "../../tables/derived-tables.ts";
import { maxPartitionsChanged } from "../../tables/partition-limit.ts";
import { dateRangesQuery, recomputeStatements } from "../../tables/recompute/statements.ts";
import { dailyMetricsLockTable, rawLockTable } from "../../tables/table.ts";
import { expiredDays } from "../../tables/user_daily_metrics_raw/expiry.ts";
import { render, type SharedStatement, withValues, withVariables } from "../../templates.ts";
import { literal } from "./literal.ts";
import { createLockRow, takeLock } from "./lock.ts";
import { readScheduled } from "./read-scheduled.ts";
import { windowOf } from "./scheduled-window.ts";

/** Of text, `json_value` alone would not put together the surrogates of an escaped emoji. */
export const decodedString = (json: string): string => `json_value(safe.parse_json(${json}), '$')`;

/** The sync alone, over a connection such as `project.eu.clan-activity`. */
export function scheduledActivitySync(connection: string): string {
  // Replaced by the script itself, when it knows the moment.
  const sinceMarker = "$1";
  /** Copies what PostgreSQL answers into a temporary table. */
  const stage = (table: string, statement: SharedStatement, since: string) =>
    render(readScheduled("stage-changes.sql"), {
      table,
      since,
      connection: literal(connection),
      query: literal(withValues(statement, () => sinceMarker)),
      since_marker: literal(sinceMarker),
    });
  const attempt = render(readScheduled("activity-sync-attempt.sql"), {
    connection: literal(connection),
    safe_watermark_query: literal(safeWatermarkQuery),
    stage_changes: stage("changes", roundedChangesStatement, "v_since"),
    stage_clan_changes: stage("clan_changes", clanChangesStatement, "v_clans_since"),
    stage_membership_changes: stage("membership_changes", membershipChangesStatement, "v_clans_since"),
    clans_watermark: clansWatermarkQuery,
    watermark: watermarkQuery,
    touched_days: touchedDaysQuery,
    has_erased: hasErasedQuery,
    erased_days: erasedDaysQuery,
    take_lock: takeLock(rawLockTable),
    stage_differences: withVariables(stageDifferences("distinct")),
    stage_deletions: withVariables(stageDeletions),
    stage_clan_differences: stageClanDifferences,
    stage_membership_differences: stageMembershipDifferences,
    merge_clan_differences: mergeClanDifferences,
    merge_membership_differences: mergeMembershipDifferences,
    overtaken: withVariables(overtaken),
    merge_differences_of_days: withVariables(mergeDifferencesOfDays),
    max_partitions_changed: String(maxPartitionsChanged),
    note_days: withVariables(noteDays),
    note_sync: withVariables(noteSync),
    expire_rejected: expireRejected,
    erase_rejected: eraseRejected(decodedString),
  });
  return render(readScheduled("activity-sync.sql"), {
    create_lock_row: createLockRow(rawLockTable),
    repeated: repeated(attempt),
  });
}

/**
 * The script of the scheduled query `daily_metrics`: every table that is computed from raw, one after the other; the window
 * is `windowDays` days long and ends yesterday. Days whose raw rows have expired keep the figures that they have.
 */
export function scheduledDailyMetrics(windowDays: number, rawRetentionDays?: number): string {
  const { from_date, to_date } = windowOf(windowDays);
  const stageWindow = `insert into days_to_recompute (event_date)
select day from unnest(generate_date_array(${from_date}, ${to_date})) as day;`;
  return inSequence(derivedTables.map((derived) => recompute(derived, rawRetentionDays, stageWindow)));
}

/** Recomputes the touched days of a table, and those that `stageWindow` adds to them. */
function recompute(derived: DerivedTable, rawRetentionDays?: number, stageWindow = ""): string {
  const { stageSyncs, stageDays, replaceDays, noteCovered } = recomputeStatements(derived);
  const attempt = render(readScheduled("recompute-attempt.sql"), {
    stage_window: [stageWindow, leaveOutExpired(derived, rawRetentionDays)].filter(Boolean).join("\n\n"),
    take_lock: takeLock(dailyMetricsLockTable),
    stage_syncs: stageSyncs,
    stage_days: stageDays,
    date_ranges: dateRangesQuery,
    replace_days: withVariables(replaceDays),
    note_covered: noteCovered,
  });
  return render(readScheduled("recompute.sql"), {
    name: derived.table.name,
    create_lock_row: createLockRow(dailyMetricsLockTable),
    repeated: repeated(attempt),
  });
}

const leaveOutExpired = (derived: DerivedTable, rawRetentionDays: number | undefined): string =>
  rawRetentionDays === undefined
    ? ""
    : `delete from days_to_recompute\nwhere ${expiredDays(derived, rawRetentionDays)};`;

/**
 * The script of the scheduled query `activity_sync`: the sync, and then the touched days of every table, so that what a game
 * reported is in the metrics when the run ends. A script that fails ends the run; the next run covers the same changes.
 */
export const scheduledSync = (connection: string, rawRetentionDays?: number): string =>
  inSequence([
    scheduledActivitySync(connection),
    ...derivedTables.map((derived) => recompute(derived, rawRetentionDays)),
  ]);

/** Each has variables of its own. */
const inSequence = (scripts: string[]): string =>
  scripts.map((script) => `begin\n${script.trimEnd()}\nend;`).join("\n\n");

const repeated = (script: string) => render(readScheduled("repeat.sql"), { script });
