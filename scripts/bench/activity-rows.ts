import { createHash } from "node:crypto";
import { type ActivityRow, activityFields } from "@clan-platform/contract/activity-row.ts";

const rowsPerDay = 33_334;
const users = 60_000;
const countries = ["US", "TR", "DE", "BR", null];

/** The nth row as game backends deliver them: day after day, users in mixed order, each key once. */
export function activityRow(n: number): ActivityRow {
  const day = Math.floor(n / rowsPerDay);
  const user = ((n % rowsPerDay) * 7 + day * 13) % users;
  const some = (n * 2_654_435_761) >>> 0;
  return {
    user_id: createHash("md5").update(String(user)).digest("hex").toUpperCase(),
    event_date: new Date(Date.UTC(2024, 0, 1 + day)).toISOString().slice(0, 10),
    platform: user % 3 ? "ANDROID" : "IOS",
    install_date: `2023-${String(1 + (user % 12)).padStart(2, "0")}-${String(1 + (user % 28)).padStart(2, "0")}`,
    country: countries[user % countries.length] ?? null,
    total_session_count: 1 + (some % 9),
    total_session_duration: String(some % 5_000),
    match_start_count: some % 20,
    match_end_count: some % 19,
    victory_count: some % 10,
    defeat_count: some % 8,
    server_connection_error: some % 10 === 0 ? 1 : 0,
    iap_revenue: some % 33 === 0 ? ((some % 2_000) / 100).toFixed(2) : "0",
    ad_revenue: ((some % 300_000) / 1e6).toFixed(6),
  };
}

/** Rows `from` to `to` as CSV with its header. */
export function activityCsv(from: number, to: number): string {
  const lines = [activityFields.join(",")];
  for (let n = from; n < to; n++) {
    const row = activityRow(n);
    lines.push(activityFields.map((field) => row[field] ?? "").join(","));
  }
  return `${lines.join("\n")}\n`;
}
