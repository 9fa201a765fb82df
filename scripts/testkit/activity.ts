import { activityFields } from "@clan-platform/contract/columns.ts";
import { csvHeader } from "@clan-platform/contract/csv-text.ts";

/** A row as a game backend sends it, with some of its fields changed. */
export function activity(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    user_id: "player-1",
    event_date: "2024-03-05",
    platform: "ANDROID",
    install_date: "2024-03-01",
    country: "TR",
    total_session_count: 3,
    total_session_duration: 812.5,
    match_start_count: 5,
    match_end_count: 4,
    victory_count: 2,
    defeat_count: 2,
    server_connection_error: 1,
    iap_revenue: 4.99,
    ad_revenue: 0.0125,
    ...changes,
  };
}

export { csvHeader };

/** Rows as a CSV with its header. */
export function toCsv(rows: Record<string, unknown>[]): string {
  const lines = rows.map((row) => activityFields.map((field) => row[field] ?? "").join(","));
  return [csvHeader, ...lines, ""].join("\n");
}

/** Rows as NDJSON. */
export function toNdjson(rows: Record<string, unknown>[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}
