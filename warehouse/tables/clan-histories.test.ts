import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { historySteps } from "../testing/history-steps.ts";
import { openInMemory } from "../testing/in-memory.ts";
import {
  byText,
  type ClanState,
  type Period,
  referenceClanDailyMetrics,
  referenceMembershipCohorts,
  referenceMembershipMetrics,
} from "../testing/reference-clans.ts";
import { type RawRow, rawRow, setRows } from "../testing/rows.ts";
import type { Row } from "../warehouse.ts";
import { dailyMetrics, derivedTables } from "./derived-tables.ts";
import { recomputeDays, recomputeTouchedDays } from "./recompute/recompute.ts";
import {
  clanDailyMetricsTable,
  fullName,
  membershipCohortsTable,
  membershipMetricsTable,
  rawTable,
  tables,
} from "./table.ts";

const duckdb = await openInMemory();
afterAll(() => duckdb.close());
const { load, sync } = historySteps(duckdb);

const clanTables = derivedTables.filter(({ dependsOnMemberships }) => dependsOnMemberships);
// The health of clans depends on the days of daily_metrics.
const recomputed = [dailyMetrics, ...clanTables];
const recompute = () => recomputeTouchedDays(duckdb, () => {}, recomputed);

const always = { from_date: "2024-03-01", to_date: "2024-06-30" };
const users = ["ana", "ben", "cem", "dee"];
const clanNames = ["owls", "bears"];

// Few days, as far from each other as windows and cohorts look back, so that they meet.
const dayAt = (days: number) => addDays("2024-03-01", days);
const eventDay = fc.constantFrom(0, 1, 7, 8, 14, 15, 21, 28, 30, 34, 60, 67);
const installDay = fc.constantFrom(0, 0, 7);
const user = fc.constantFrom(...users);
const clan = fc.constantFrom(...clanNames);
const row = fc
  .record({
    user_id: user,
    eventDay,
    installDay,
    platform: fc.constantFrom("ANDROID", "IOS"),
    country: fc.constantFrom(null, "TR", "DE"),
    iap_revenue: fc.constantFrom("0", "0.25"),
    match_start_count: fc.nat(3),
  })
  .map(({ eventDay, installDay, ...row }) =>
    rawRow({ ...row, event_date: dayAt(eventDay), install_date: dayAt(Math.min(eventDay, installDay)) }),
  );
const keyOf = (row: RawRow) => rawTable.key.map((name) => row[name]).join(" ");
const rows = fc.uniqueArray(row, { selector: keyOf, minLength: 1, maxLength: 8 });

/** What happens to the service and to files, in any order; days go back and forth, as those of late rows do. */
const step = fc.oneof(
  fc.record({ kind: fc.constant("load" as const), rows }),
  fc.record({ kind: fc.constant("deliver" as const), rows }),
  fc.record({ kind: fc.constantFrom("join" as const, "join" as const, "leave" as const), user, clan }),
  fc.record({ kind: fc.constantFrom("rename" as const, "delete" as const), clan }),
  fc.record({ kind: fc.constant("erase" as const), user }),
  fc.record({ kind: fc.constantFrom("sync" as const, "recompute" as const) }),
);
/** Days pass between steps. */
const history = fc.array(fc.record({ step, days: fc.constantFrom(0, 0, 1, 7) }), {
  minLength: 6,
  maxLength: 16,
});

const momentOf = (day: string, second: number) =>
  `${day} 12:${String(Math.floor(second / 60)).padStart(2, "0")}:${String(second % 60).padStart(2, "0")}+00`;

interface State extends ClanState {
  created_date: string;
  deleted_date?: string;
  /** Whether a sync has read it; others are replaced by the one that is read. */
  isSynced?: boolean;
}

/** A clan as a sync reads it: a deleted one has no name. */
interface ChangedClan {
  clan_id: string;
  name?: string;
  region?: string | null;
  created_date?: string;
  changed_date?: string;
  deleted_date?: string;
}

/** The service's tables of clans and memberships, as far as the warehouse copies them. */
class Service {
  periods: Period[] = [];
  states: State[] = [];
  changedPeriods = new Set<number>();
  changedClans = new Map<string, ChangedClan>();
  erased = new Set<string>();
  #clock = 0;

  #change(period: Period) {
    this.changedPeriods.add(period.period_id);
  }

  #stateOf(clan_id: string) {
    return this.states.findLast((state) => state.clan_id === clan_id);
  }

  /** A clan that was deleted is not created again: ids are never reused. */
  create(clan_id: string, day: string) {
    if (this.#stateOf(clan_id)) return;
    this.states.push({ clan_id, valid_from: day, name: clan_id, region: null, created_date: day });
    this.changedClans.set(clan_id, { clan_id, name: clan_id, created_date: day, changed_date: day });
  }

  rename(clan_id: string, day: string) {
    const last = this.#stateOf(clan_id);
    if (!last || last.deleted_date) return;
    const name = `${last.name}!`;
    this.changedClans.set(clan_id, {
      clan_id,
      name,
      region: "EU",
      created_date: last.created_date,
      changed_date: day,
    });
  }

  join(user_id: string, clan_id: string, day: string) {
    this.create(clan_id, day);
    if (this.#stateOf(clan_id)?.deleted_date) return;
    if (this.periods.some((period) => period.user_id === user_id && period.left_date === null)) return;
    const period: Period = {
      period_id: this.periods.length + 1 + this.#clock * 1000,
      user_id,
      clan_id,
      joined_at: momentOf(day, this.#clock++),
      left_at: null,
      joined_date: day,
      left_date: null,
      left_reason: null,
    };
    this.periods.push(period);
    this.#change(period);
  }

  leave(matches: (period: Period) => boolean, day: string, left_reason: string) {
    for (const period of this.periods) {
      if (!matches(period) || period.left_date !== null) continue;
      Object.assign(period, { left_at: momentOf(day, this.#clock++), left_date: day, left_reason });
      this.#change(period);
    }
  }

  delete(clan_id: string, day: string) {
    const last = this.#stateOf(clan_id);
    if (!last || last.deleted_date) return;
    this.leave((period) => period.clan_id === clan_id, day, "clan_deleted");
    last.deleted_date = day;
    // As in PostgreSQL, where only the row of the deleted clan is left: changes that no sync has seen are lost.
    const wasSynced = !this.changedClans.has(clan_id);
    this.changedClans.set(clan_id, { clan_id, deleted_date: day });
    if (!wasSynced) this.states = this.states.filter((state) => state.clan_id !== clan_id || state.isSynced);
  }

  erase(user_id: string) {
    this.periods = this.periods.filter((period) => period.user_id !== user_id);
    this.erased.add(user_id);
  }

  /** What a sync reads; the states that it then knows are those of the reference. */
  takeChanges() {
    const memberships = this.periods.filter(
      ({ period_id, user_id }) => this.changedPeriods.has(period_id) || this.erased.has(user_id),
    );
    const clans = [...this.changedClans.values()];
    for (const { clan_id, name, region, created_date, changed_date } of clans) {
      if (!name || !created_date || !changed_date) continue;
      const own = this.states.filter((state) => state.clan_id === clan_id);
      const last = own.findLast((state) => state.isSynced);
      if (!last) {
        this.states = this.states.filter((state) => state.clan_id !== clan_id);
        this.#push({ clan_id, valid_from: created_date, name, region: region ?? null, created_date });
      } else if (last.name !== name || last.region !== (region ?? null)) {
        const valid_from = changed_date > last.valid_from ? changed_date : last.valid_from;
        if (valid_from === last.valid_from) Object.assign(last, { name, region: region ?? null });
        else this.#push({ clan_id, valid_from, name, region: region ?? null, created_date });
      }
    }
    const erased = [...this.erased];
    this.changedPeriods.clear();
    this.changedClans.clear();
    this.erased.clear();
    return { memberships, clans: clans.map((clan): Row => ({ ...clan })), erased };
  }

  #push(state: State) {
    this.states.push({ ...state, isSynced: true });
  }
}

const emptied = tables.filter(
  ({ name }) => !/daily_metrics_lock|raw_lock|annotations|rejected|^(active|cohort)_/.test(name),
);

async function contents(): Promise<Record<string, Row[]>> {
  const read = async (table: typeof clanDailyMetricsTable) =>
    (await duckdb.query(`select * from ${fullName(table)}`)).toSorted(byText);
  return {
    clan_daily_metrics: await read(clanDailyMetricsTable),
    membership_metrics: await read(membershipMetricsTable),
    membership_cohorts: await read(membershipCohortsTable),
  };
}

it("any history of clans, members, erasures and late rows ends in the tables of a rebuild, and of the reference", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (steps) => {
      for (const table of emptied) await setRows(duckdb, table, []);
      const service = new Service();
      const present = new Map<string, RawRow>();
      let pending: RawRow[] = [];
      let since: string | null = null;
      let today = dayAt(0);
      const bringIn = async () => {
        const changes = service.takeChanges();
        since = await sync({ since, rows: pending, ...changes });
        for (const [key, row] of present) if (changes.erased.includes(row.user_id)) present.delete(key);
        for (const row of pending) present.set(keyOf(row), row);
        pending = [];
      };
      for (const { step, days } of steps) {
        today = addDays(today, days);
        if (step.kind === "load") {
          await load(step.rows);
          for (const row of step.rows) present.set(keyOf(row), row);
        } else if (step.kind === "deliver") {
          const keys = new Set(step.rows.map(keyOf));
          pending = [...pending.filter((row) => !keys.has(keyOf(row))), ...step.rows];
        } else if (step.kind === "join") service.join(step.user, step.clan, today);
        else if (step.kind === "leave")
          service.leave(
            ({ user_id, clan_id }) => user_id === step.user && clan_id === step.clan,
            today,
            "left",
          );
        else if (step.kind === "rename") service.rename(step.clan, today);
        else if (step.kind === "delete") service.delete(step.clan, today);
        else if (step.kind === "erase") {
          service.erase(step.user);
          pending = pending.filter(({ user_id }) => user_id !== step.user);
        } else {
          if (step.kind === "sync") await bringIn();
          await recompute();
        }
      }
      await bringIn();
      await recompute();
      const maintained = await contents();
      const rows = [...present.values()];
      const { periods, states } = service;
      const clans = { periods, states };
      expect(maintained).toEqual({
        clan_daily_metrics: referenceClanDailyMetrics(rows, clans, always).toSorted(byText),
        membership_metrics: referenceMembershipMetrics(rows, clans, always),
        membership_cohorts: referenceMembershipCohorts(rows, clans, always),
      });
      for (const { table } of recomputed) await setRows(duckdb, table, []);
      await recomputeDays(duckdb, always, recomputed);
      expect(await contents()).toEqual(maintained);
    }),
    { numRuns: 12, endOnFailure: true },
  );
});
