import { daysFrom } from "../../days.ts";
import type { ClanAnswer, ClansAnswer, MembershipRetentionAnswer } from "../../server/clan-answers.ts";
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
  /** Which of the days are not over. */
  isIncomplete: boolean[];
  /** Of the whole period; `in_clan` and `no_clan`, each if there were some. */
  groups: Group[];
  retention: RetentionGroup[];
  clans: ClansAnswer;
  /** Clans by name; undefined while none is searched for. */
  found: { name: string; clans: ClanOfDay[] } | undefined;
  /** The chosen clan on each day of the period, null where it has no row; undefined while none is chosen. */
  clan: { id: string; deletedDate: string | null; days: { name: string; row: ClanDay | null }[] } | undefined;
}

/** What clans do to players, and how clans are; undefined while an answer is missing. */
export function buildClans(
  { clan: id, clanName }: Address,
  { selection, resolved: { range, incomplete } }: Frame,
  ask: Ask,
): ClansFigures | undefined {
  const { platform, countries } = selection;
  const split = ask({ ...range, by: ["day", "membership"], platform, countries });
  const retention = ask.membershipRetention(range);
  const clans = ask.clans(range);
  const clan = id ? ask.clan({ ...range, id }) : null;
  const found = clanName ? ask.foundClans({ ...range, text: clanName }) : null;
  if (!split || !retention || !clans || clan === undefined || found === undefined) return undefined;
  const days = daysFrom(range.from, range.to);
  return {
    days: days.map((name) => ({
      name,
      inClan: sumsOf(split.rows, name, "in_clan"),
      noClan: sumsOf(split.rows, name, "no_clan"),
    })),
    isIncomplete: days.map((name) => incomplete.includes(name)),
    groups: ["in_clan", "no_clan"].flatMap((membership) => {
      const rows = split.rows.filter((row) => row.membership === membership);
      if (rows.length === 0) return [];
      const sums = rows.reduce((all, row) => plusSums(all, row.sums), noSums);
      return [{ name: membership, sums: { ...sums, days: split.days } }];
    }),
    retention: retention.groups,
    clans,
    found: found ? { name: clanName, clans: found.clans } : undefined,
    clan: clan
      ? {
          id,
          deletedDate: clan.deleted_date,
          days: days.map((name) => ({ name, row: rowOf(clan, name) })),
        }
      : undefined,
  };
}

const rowOf = ({ days }: ClanAnswer, name: string) => days.find(({ day }) => day === name) ?? null;

function sumsOf(rows: Row[], day: string, membership: string): Sums | undefined {
  const ofDay = rows.filter((row) => row.day === day);
  if (ofDay.length === 0) return undefined;
  return ofDay.find((row) => row.membership === membership)?.sums ?? noSums;
}
