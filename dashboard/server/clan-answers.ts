import { z } from "zod";
import { count, isHeld, version } from "./answers.ts";

/** A clan on a day. */
const clanOfDay = z.object({
  day: z.string(),
  clan_id: z.string(),
  name: z.string().nullable(),
  region: z.string().nullable(),
  members: count,
  weekly_active_members: count,
  activity_trend: z.number().nullable(),
  days_since_join: count,
});

/** Clans on the last of the requested days that has figures: how many of each health, and those that need attention. */
export const ClansAnswer = z.object({
  version,
  isHeld,
  /** Whether there are clans with figures, on these days or others. */
  hasClans: z.boolean(),
  /** Null where the requested days have no figures. */
  day: z.string().nullable(),
  /** Of clans with members. */
  health: z.array(
    z.object({ health: z.string(), clans: count, members: count, weekly_active_members: count }),
  ),
  /** The fastest growing, and the fading ones with the most members. */
  growing: z.array(clanOfDay),
  fading: z.array(clanOfDay),
});

/** Clans whose name has a text, or whose id it is, as they were on the last day with it; those of that name first, at most 20. */
export const FoundClansAnswer = z.object({ version, isHeld, clans: z.array(clanOfDay) });

/** A clan by day; days on which it had no members and nobody joined or left have no entry. */
export const ClanAnswer = z.object({
  version,
  isHeld,
  /** Null while the clan exists, and where only the computed tables may be read. */
  deleted_date: z.string().nullable(),
  days: z.array(
    z.object({
      day: z.string(),
      name: z.string().nullable(),
      region: z.string().nullable(),
      members: count,
      active_members: count,
      weekly_active_members: count,
      joins: count,
      leaves: count,
      sessions: count,
      matches_started: count,
      matches_ended: count,
      victories: count,
      /** USD, IAP and ad, as decimal text. */
      revenue: z.string(),
      health: z.string(),
    }),
  ),
});

/**
 * Users whose day *n* was one of the requested days, by whether they were in a clan early: how many there are, and how many were
 * active on it, with the ends of the 95 % interval of the share.
 */
export const MembershipRetentionAnswer = z.object({
  version,
  isHeld,
  groups: z.array(
    z.object({
      day_n: count,
      comparison: z.enum(["all", "active_on_day_7"]),
      membership: z.enum(["in_clan", "no_clan"]),
      users: count,
      retained: count,
      low: z.number(),
      high: z.number(),
    }),
  ),
});

export type ClansAnswer = z.infer<typeof ClansAnswer>;
export type FoundClansAnswer = z.infer<typeof FoundClansAnswer>;
export type ClanAnswer = z.infer<typeof ClanAnswer>;
export type MembershipRetentionAnswer = z.infer<typeof MembershipRetentionAnswer>;
