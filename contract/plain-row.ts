import { type ActivityRow, activityFields, firstDay, maxCount } from "./activity-row.ts";
import { isDay, tomorrow } from "./day.ts";
import { isPlainDecimal } from "./decimal.ts";

// "." and ".." are refused.
const plainId = /^(?!\.{1,2}$)[\x21-\x7e]{1,128}$/;
const countryCode = /^[A-Z]{2}$/;
const fieldCount = activityFields.length;

/**
 * Reads a row as almost all are, several times faster than `ActivityRow` does: every field there, the id in visible
 * ASCII, codes in upper case. Undefined is no verdict: the schema, which has the rules, decides then.
 * What is returned is what the schema would return.
 */
export function readPlainRow(raw: unknown): ActivityRow | undefined {
  if (typeof raw !== "object" || raw === null) return undefined;
  const row = raw as Record<keyof ActivityRow, unknown>;
  let fields = 0;
  for (const _ in row) fields++;
  if (fields !== fieldCount) return undefined;

  const { user_id, event_date, platform, install_date, country } = row;
  if (typeof user_id !== "string" || !plainId.test(user_id)) return undefined;
  if (typeof event_date !== "string" || !isDay(event_date) || event_date > tomorrow()) return undefined;
  if (typeof install_date !== "string" || !isDay(install_date) || install_date < firstDay) return undefined;
  if (install_date > event_date) return undefined;
  if (platform !== "ANDROID" && platform !== "IOS") return undefined;
  if (country !== null && country !== "" && !(typeof country === "string" && countryCode.test(country))) {
    return undefined;
  }

  const { total_session_count, match_start_count, match_end_count } = row;
  const { victory_count, defeat_count, server_connection_error } = row;
  if (!isCount(total_session_count) || !isCount(match_start_count) || !isCount(match_end_count))
    return undefined;
  if (!isCount(victory_count) || !isCount(defeat_count) || !isCount(server_connection_error))
    return undefined;

  const total_session_duration = plainDecimal(row.total_session_duration);
  const iap_revenue = plainDecimal(row.iap_revenue);
  const ad_revenue = plainDecimal(row.ad_revenue);
  if (total_session_duration === undefined || iap_revenue === undefined || ad_revenue === undefined) {
    return undefined;
  }
  return {
    user_id,
    event_date,
    platform,
    install_date,
    country: country || null,
    total_session_count,
    total_session_duration,
    match_start_count,
    match_end_count,
    victory_count,
    defeat_count,
    server_connection_error,
    iap_revenue,
    ad_revenue,
  };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= maxCount;
}

function plainDecimal(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && isPlainDecimal(text) ? text : undefined;
}
