import { Day } from "@clan-platform/contract/kinds/day.ts";
import { expected } from "@clan-platform/contract/kinds/expected.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { Region } from "../clans/schemas.ts";
import { queryInteger } from "../http/query-integer.ts";
import { mostSum } from "./capped-sum.ts";
import { dayAfter, daysBetween, today } from "./days.ts";

/** More days would be more rows than a game's screen shows. */
const maxDays = 31;
const weekBefore = -6;
// PostgreSQL has no year 0.
const firstOfAll = "0001-01-01";

/** The days that a clan's activity is asked of: by default, the 7 that end today. */
export const ActivityQuery = z
  .strictObject(
    {
      from: Day.optional().meta({ description: "First day; by default 6 days before the last" }),
      to: Day.optional().meta({ description: "Last day; by default today (UTC)" }),
    },
    { error: nameUnknown },
  )
  .transform(({ from, to = today() }) => ({ from: from ?? weekUntil(to), to }))
  .refine(({ from, to }) => from <= to, { path: ["from"], error: "must not be after to" })
  .refine(({ from, to }) => daysBetween(from, to) < maxDays, {
    path: ["from"],
    error: `must be at most ${maxDays - 1} days before to`,
  });

/** The first day of the week that ends on a day. */
function weekUntil(to: string): string {
  const from = dayAfter(to, weekBefore);
  return from < firstOfAll ? firstOfAll : from;
}

const day = z.string().meta({ format: "date", description: "The day, UTC" });
const atMost = `${mostSum} also where it is more`;
const matches = {
  matches_started: z.int().meta({ description: `Matches started; ${atMost}` }),
  matches_ended: z.int().meta({ description: `Matches ended; ${atMost}` }),
  victories: z.int().meta({ description: `Of these, won; ${atMost}` }),
};

export const ClanActivity = z
  .object({
    clan_id: z.string().meta({ format: "uuid", description: "The clan" }),
    from: day.meta({ description: "First day" }),
    to: day.meta({ description: "Last day" }),
    days: z
      .array(
        z.object({ event_date: day, active_members: z.int(), ...matches }).meta({ id: "ClanActivityDay" }),
      )
      .meta({ description: "The days on which somebody was active, oldest first" }),
    members: z
      .array(
        z
          .object({
            user_id: z.string().meta({ description: "The player" }),
            active_days: z.int().meta({ description: "Days on which the member was active" }),
            ...matches,
          })
          .meta({ id: "ClanActivityMember" }),
      )
      .meta({
        description:
          "Who was active as a member, most victories first; also those who have left since. Other members have no entry",
      }),
  })
  .meta({
    id: "ClanActivity",
    examples: [
      {
        clan_id: "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55",
        from: "2026-01-26",
        to: "2026-02-01",
        days: [
          { event_date: "2026-01-31", active_members: 1, matches_started: 5, matches_ended: 5, victories: 3 },
        ],
        members: [
          { user_id: "player-4711", active_days: 1, matches_started: 5, matches_ended: 5, victories: 3 },
        ],
      },
    ],
  });
export type ClanActivity = z.infer<typeof ClanActivity>;

/** How many days a leaderboard is about; today is one of them. */
export const windows = [1, 7, 30] as const;

const daysText = "1, 7 or 30";
const isWindow = (days: number) => (windows as readonly number[]).includes(days);

export const LeaderboardQuery = z.strictObject(
  {
    region: Region.optional().meta({ description: "Only clans of this region, as of as_of" }),
    days: z
      .preprocess(
        (text) => (typeof text === "string" && /^\d{1,2}$/.test(text) ? Number(text) : text),
        z.int(`must be ${daysText}`).refine(isWindow, `must be ${daysText}`),
      )
      .meta({ description: "Of the last 1, 7 or 30 days; today (UTC) is one of them", enum: [...windows] })
      .prefault(7),
    by: z
      .enum(["victories", "matches"], { error: expected("victories or matches") })
      .default("victories")
      .meta({ description: "What the order is by: matches won, or matches ended" }),
    limit: queryInteger(1, 100, "How many clans at most").prefault(50),
  },
  { error: nameUnknown },
);
export type LeaderboardQuery = z.infer<typeof LeaderboardQuery>;

export const Leaderboard = z
  .object({
    as_of: z.string().nullable().meta({
      format: "date-time",
      description: "When it was last refreshed, which is every minute; null before the first time",
    }),
    days: z.int().meta({ description: "The last days, today included" }),
    clans: z
      .array(
        z
          .object({
            rank: z.int().meta({ description: "From 1; clans with the same number have the same rank" }),
            clan_id: z.string().meta({ format: "uuid", description: "The clan" }),
            name: z.string().meta({ description: "Its name" }),
            region: z.string().nullable().meta({ description: "Its region, as of as_of" }),
            member_count: z.int().meta({ description: "How many members it has now" }),
            matches_ended: z.int().meta({ description: `Matches that members have ended; ${atMost}` }),
            victories: z.int().meta({ description: `Of these, won; ${atMost}` }),
          })
          .meta({ id: "LeaderboardClan" }),
      )
      .meta({ description: "The best first; clans without a match have no entry" }),
  })
  .meta({
    id: "Leaderboard",
    examples: [
      {
        as_of: "2026-02-01T12:00:00.000000Z",
        days: 7,
        clans: [
          {
            ...{
              rank: 1,
              clan_id: "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55",
              name: "Tide Turners",
              region: "EU",
            },
            ...{ member_count: 12, matches_ended: 140, victories: 75 },
          },
        ],
      },
    ],
  });
export type Leaderboard = z.infer<typeof Leaderboard>;
