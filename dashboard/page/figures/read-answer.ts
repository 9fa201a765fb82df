import type { FiguresAnswer } from "../../server/answers.ts";
import { toMoney } from "./money.ts";
import type { Sums } from "./sums.ts";

/** The sums of one group of an answer. */
export interface Row {
  day: string;
  country: string;
  platform: string;
  membership: string;
  sums: Sums;
}

/** The rows of an answer, and how many days of its range have figures of anybody. */
export interface Answer {
  version: string | null;
  isHeld: boolean;
  rows: Row[];
  days: number;
}

/** Converts the server's columns into rows. What was not grouped by is an empty text. */
export function readAnswer({ version, isHeld, days, groups, sums }: FiguresAnswer): Answer {
  const rows = sums.dau.map((dau, at): Row => {
    return {
      day: groups.day?.[at] ?? "",
      country: groups.country?.[at] ?? "",
      platform: groups.platform?.[at] ?? "",
      membership: groups.membership?.[at] ?? "",
      sums: {
        dau,
        iap: toMoney(sums.total_iap_revenue[at]),
        ad: toMoney(sums.total_ad_revenue[at]),
        started: sums.matches_started[at] ?? 0,
        ended: sums.matches_ended[at] ?? 0,
        victories: sums.victories[at] ?? 0,
        defeats: sums.defeats[at] ?? 0,
        errors: sums.server_connection_errors[at] ?? 0,
        payers: sums.payers[at] ?? 0,
        newUsers: sums.new_users[at] ?? 0,
        sessions: sums.total_sessions[at] ?? 0,
        sessionDuration: toMoney(sums.total_session_duration[at]),
        // An average over days has the days of the period as its divisor, in every group.
        days: groups.day ? 1 : days,
      },
    };
  });
  return { version, isHeld, rows, days };
}
