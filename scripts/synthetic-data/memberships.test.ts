import { describe, expect, it } from "vitest";
import { busyness } from "./calendar.ts";
import { maxMembersFor } from "./clan-sizes.ts";
import { countryAt } from "./countries.ts";
import { rowsOf } from "./day-rows.ts";
import { earlyJoiners, memberEffect, stayingOfEarlyJoiners, stayingOfOthers } from "./member-effect.ts";
import { joinClans, type Period } from "./memberships.ts";
import { planDays } from "./plan.ts";
import { populate } from "./population.ts";
import { staying } from "./retention.ts";

const dayMs = 86_400_000;

function createRun({ rows, days, seed = 1 }: { rows: number; days: number; seed?: number }) {
  const plan = planDays({ rows, days, to: "2026-06-30" });
  return { plan, memberships: joinClans(populate(plan, seed, busyness), days) };
}

describe("players of a month", () => {
  const { memberships } = createRun({ rows: 1_000_000, days: 30 });
  const { cohorts } = memberships.population;
  const end = Date.parse("2026-07-01");
  const periods = new Map([...memberships.joiners()].map((user) => [user, memberships.periodsOf(user)]));
  const all = [...periods.values()];
  const cohortOf = (user: number) => cohorts.findLast(({ firstUser, size }) => size > 0 && firstUser <= user);
  const current = all.flatMap((own) => own.filter(({ leftAt }) => leftAt === null));

  it("are in a clan to 60 %, of those who have not left before it; the others have no membership", () => {
    const players = cohorts.map(({ installIndex, remaining, size }) =>
      installIndex < 0 ? (remaining[-installIndex] ?? 0) : size,
    );
    const share = current.length / players.reduce((sum, count) => sum + count, 0);
    expect(share).toBeGreaterThan(0.58);
    expect(share).toBeLessThan(0.62);
    const { firstUser = 0, size = 0 } = cohorts.at(-1) ?? {};
    let withPeriods = 0;
    for (let user = 0; user < firstUser + size; user++)
      if (memberships.periodsOf(user).length > 0) withPeriods++;
    expect(withPeriods).toBe(periods.size);
  });

  it("join after their install and before they have left the game, most in the first week", () => {
    const ages = [...periods].map(([user, [first]]) => {
      const cohort = cohortOf(user);
      const age = Math.floor(((first as Period).joinedAt - Date.parse(cohort?.installDate ?? "")) / dayMs);
      expect(cohort?.remaining[age]).toBeGreaterThan(user - (cohort?.firstUser ?? 0));
      expect(age < 7).toBe(cohort?.joinsEarly);
      return age;
    });
    expect(Math.min(...ages)).toBe(0);
    expect(ages).not.toContain(7);
    const early = ages.filter((age) => age < 7).length / ages.length;
    expect(early).toBeGreaterThan(0.6);
    expect(early).toBeLessThan(0.9);
    expect(ages.filter((age) => age > 60).length).toBeGreaterThan(1_000);
  });

  it("have left or moved, some of them, and are never in two clans", () => {
    const left = all.filter((own) => own.at(-1)?.leftAt !== null).length / all.length;
    const moved = all.filter(({ length }) => length === 2).length / all.length;
    for (const share of [left, moved]) {
      expect(share).toBeGreaterThan(0.02);
      expect(share).toBeLessThan(0.12);
    }
    for (const own of all) {
      for (const { joinedAt, leftAt, leftReason } of own) {
        expect(joinedAt).toBeLessThan(end);
        expect(leftAt ?? joinedAt).toBeGreaterThanOrEqual(joinedAt);
        expect(leftAt ?? 0).toBeLessThan(end);
        expect(leftAt === null).toBe(leftReason === null);
      }
      const [first, second] = own;
      if (second) expect(second.joinedAt).toBeGreaterThanOrEqual(first?.leftAt ?? Infinity);
    }
    expect(new Set(all.flat().map(({ leftReason }) => leftReason))).toEqual(
      new Set(["left", "kicked", null]),
    );
  });

  it("are in many small clans and few large ones, of which none has more than it takes", () => {
    const sizes = memberships.placesOfClans.map(() => 0);
    for (const { clan } of current) sizes[clan] = (sizes[clan] ?? 0) + 1;
    const ofMost = sizes.map((size, clan) => size / maxMembersFor(memberships.placesOfClans[clan] ?? 0));
    expect(Math.max(...ofMost)).toBeLessThanOrEqual(1);
    const shareOf = (isSo: (of: number) => boolean) => ofMost.filter(isSo).length / sizes.length;
    expect(shareOf((of) => of < 0.3)).toBeGreaterThan(0.5);
    expect(shareOf((of) => of > 0.85)).toBeGreaterThan(0.01);
    expect(shareOf((of) => of > 0.85)).toBeLessThan(0.1);
  });

  it("are the same for the same seed, and others for another", () => {
    const again = createRun({ rows: 1_000_000, days: 30 }).memberships;
    const other = createRun({ rows: 1_000_000, days: 30, seed: 2 }).memberships;
    const users = [...periods.keys()].slice(0, 1_000);
    expect(users.map(again.periodsOf)).toEqual(users.map((user) => periods.get(user)));
    expect(users.map(other.periodsOf)).not.toEqual(users.map((user) => periods.get(user)));
  });
});

it("early joiners and others together stay as long as without clans, and nobody comes back", () => {
  for (const [age, all] of staying.entries()) {
    const [early = 0, others = 0] = [stayingOfEarlyJoiners[age], stayingOfOthers[age]];
    expect(earlyJoiners * early + (1 - earlyJoiners) * others).toBeCloseTo(all, 12);
    expect(early / others).toBeCloseTo(
      age <= 7 ? 1 : age >= 30 ? memberEffect.retention : early / others,
      12,
    );
  }
  for (const curve of [stayingOfEarlyJoiners, stayingOfOthers])
    expect(curve.every((part, age) => age === 0 || part <= (curve[age - 1] ?? 0))).toBe(true);
});

it("the rows show the effect as it is documented: days 30 to 40 of early joiners, and sessions in clans", () => {
  const days = 60;
  const { plan, memberships } = createRun({ rows: 1_500_000, days, seed: 3 });
  const joinsEarly = new Map(memberships.population.cohorts.map((cohort) => [cohort.installDate, cohort]));
  expect(joinsEarly.size).toBeGreaterThan(days);
  const played = { early: 0, others: 0, earlyOnDay7: 0, othersOnDay7: 0 };
  const sessions = { inClan: [0, 0], others: [0, 0] };
  const installed = { early: 0, others: 0 };
  for (const { installIndex, joinsEarly, size } of memberships.population.cohorts)
    if (installIndex >= 0 && installIndex <= days - 41) installed[joinsEarly ? "early" : "others"] += size;
  for (const day of plan) {
    const rows = rowsOf(memberships, day, days, countryAt);
    for (let n = 0; n < day.rows; n++) {
      const { user, eventDate, done } = rows.next().value;
      const dayStart = Date.parse(eventDate);
      const own = memberships.periodsOf(user.number);
      const endOfDay = dayStart + dayMs - 1;
      const isInClan = own.some(
        ({ joinedAt, leftAt }) => joinedAt <= endOfDay && (leftAt === null || leftAt > endOfDay),
      );
      const sums = isInClan ? sessions.inClan : sessions.others;
      sums[0] = (sums[0] ?? 0) + done.sessions;
      sums[1] = (sums[1] ?? 0) + 1;
      const installedAt = Date.parse(user.installDate);
      const age = (dayStart - installedAt) / dayMs;
      if (
        installedAt < Date.parse(plan[0]?.day ?? "") ||
        installedAt > Date.parse(plan[days - 41]?.day ?? "")
      )
        continue;
      const isEarly = own.some(({ joinedAt }) => joinedAt - installedAt < 7 * dayMs);
      if (age >= 30 && age <= 40) played[isEarly ? "early" : "others"]++;
      if (age === 7) played[isEarly ? "earlyOnDay7" : "othersOnDay7"]++;
    }
  }
  const relative = (early: number, others: number) => early / installed.early / (others / installed.others);
  expect(Math.abs(relative(played.early, played.others) / memberEffect.retention - 1)).toBeLessThan(0.04);
  expect(Math.abs(relative(played.earlyOnDay7, played.othersOnDay7) - 1)).toBeLessThan(0.04);
  const mean = ([total = 0, count = 0]: number[]) => total / count;
  expect(Math.abs(mean(sessions.inClan) / mean(sessions.others) / memberEffect.sessions - 1)).toBeLessThan(
    0.01,
  );
});
