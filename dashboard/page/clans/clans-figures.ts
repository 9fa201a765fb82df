import { daysFrom } from "../../days.ts";
import type { ClanAnswer, ClansAnswer, MembershipRetentionAnswer } from "../../server/answers.ts";
import type { Row } from "../figures/read-answer.ts";
import { type Group, noSums, plusSums, type Sums } from "../figures/sums.ts";
import type { Address } from "../state/address.ts";
import type { Frame } from "../state/frame.ts";
import type { Ask } from "../state/questions.ts";

export type RetentionGroup = MembershipRetentionAnswer["groups"][number];
export type ClanOfDay = ClansAnswer["growing"][number];
export type ClanDay = ClanAnswer["days"][number];

/** The sums of a day of members of clans and of all others; undefined where the day has no figures. */
export interface MembershipDay {
  name: string;
  inClan: Sums | undefined;
  noClan: Sums | undefined;
}

export interface ClansFigures {
  days: MembershipDay[];
  /** Of the whole period; `in_clan` and `no_clan`, each if there were some. */
  groups: Group[];
  retention: RetentionGroup[];
  clans: ClansAnswer;
  /** The chosen clan by day; undefined while none is chosen. */
  clan: { id: string; days: ClanDay[] } | undefined;
}

/** What clans do to players, and how clans are; undefined while an answer is missing. */
export function buildClans(
  { clan: id }: Address,
  { selection, resolved: { range } }: Frame,
  ask: Ask,
): ClansFigures | undefined {
  const { platform, countries } = selection;
  const split = ask({ ...range, by: ["day", "membership"], platform, countries });
  const retention = ask.membershipRetention(range);
  const clans = ask.clans(range);
  const clan = id ? ask.clan({ ...range, id }) : null;
  if (!split || !retention || !clans || clan === undefined) return undefined;
  return {
    days: daysFrom(range.from, range.to).map((name) => ({
      name,
      inClan: sumsOf(split.rows, name, "in_clan"),
      noClan: sumsOf(split.rows, name, "no_clan"),
    })),
    groups: ["in_clan", "no_clan"].flatMap((membership) => {
      const rows = split.rows.filter((row) => row.membership === membership);
      if (rows.length === 0) return [];
      const sums = rows.reduce((all, row) => plusSums(all, row.sums), noSums);
      return [{ name: membership, sums: { ...sums, days: split.days } }];
    }),
    retention: retention.groups,
    clans,
    clan: clan ? { id, days: clan.days } : undefined,
  };
}

function sumsOf(rows: Row[], day: string, membership: string): Sums | undefined {
  const ofDay = rows.filter((row) => row.day === day);
  if (ofDay.length === 0) return undefined;
  return ofDay.find((row) => row.membership === membership)?.sums ?? noSums;
}
