import { rawRow } from "@clan-platform/warehouse/testing/rows.ts";
import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import { addDays, daysFrom } from "../days.ts";

export const firstClanDay = "2026-02-20";
export const lastClanDay = "2026-03-21";
/** On which Bears was deleted. */
export const deletedClanDay = addDays(lastClanDay, -3);

/**
 * Thirty days of twenty players who installed on the first. The first ten are in the clan Night Owls and play every day; of the
 * others, five stop after day 7, and the rest after day 0, except one who is in Lone Wolves and stays.
 */
export const clanRows = daysFrom(firstClanDay, lastClanDay).flatMap((event_date, at) =>
  Array.from({ length: 20 }, (_, user) => user)
    .filter((user) => user < 10 || user === 19 || at === 0 || (user < 15 && at <= 7))
    .map((user) =>
      rawRow({
        user_id: `player-${user}`,
        event_date,
        install_date: firstClanDay,
        country: user % 2 === 0 ? "TR" : "DE",
        platform: "IOS",
        match_start_count: user < 10 ? 4 : 1,
        match_end_count: user < 10 ? 4 : 1,
        victory_count: user < 10 ? 3 : 0,
        defeat_count: 1,
        iap_revenue: user < 10 ? "0.50" : "0",
        ad_revenue: "0.10",
      }),
    ),
);

const period = (user: number, clan_id: string, joined: number, others: Row = {}): Row => ({
  period_id: user + 1,
  user_id: `player-${user}`,
  clan_id,
  joined_at: `${addDays(firstClanDay, joined)} 12:00:00+00`,
  joined_date: addDays(firstClanDay, joined),
  left_at: null,
  left_date: null,
  left_reason: null,
  ...others,
});

/**
 * Night Owls, and Ghosts, whose members have left the game on day 0. Bears had one of those who stopped after day 7, until it was
 * deleted. The wolf joined on day 23, too late to count as early.
 */
export const clanPeriods = [
  ...Array.from({ length: 10 }, (_, user) => period(user, "owls", user % 5)),
  ...Array.from({ length: 4 }, (_, user) => period(15 + user, "ghosts", 8)),
  period(19, "wolves", 23),
  period(14, "bears", 9, {
    left_at: `${deletedClanDay} 12:00:00+00`,
    left_date: deletedClanDay,
    left_reason: "clan_deleted",
  }),
];

const state = (clan_id: string, name: string): Row => ({
  clan_id,
  valid_from: firstClanDay,
  name,
  region: "EU",
  created_date: firstClanDay,
  deleted_date: null,
});

export const clanStates = [
  state("owls", "Night Owls"),
  state("ghosts", "<b>Ghosts</b>"),
  state("wolves", "Lone Wolves"),
  { ...state("bears", "Bears"), deleted_date: deletedClanDay },
];
