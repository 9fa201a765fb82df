import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { recomputeDays } from "@clan-platform/warehouse/tables/recompute/recompute.ts";
import { clanMembershipPeriodsTable, clansTable, rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { type RawRow, rawRow, setRows } from "@clan-platform/warehouse/testing/rows.ts";
import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import { afterAll, onTestFinished, TestRunner } from "vitest";
import { addDays, daysFrom } from "../days.ts";

export const lastDay = "2026-03-20";
export const firstDay = addDays(lastDay, -19);

const countries = ["US", "TR", "DE", "BR", "GB", "FR", "JP", "IN", "CI", "SE", "NZ", null];

/** Twenty days of twelve countries on both platforms, no two rows of daily_metrics alike. */
export const fixtureRows: RawRow[] = daysFrom(firstDay, lastDay).flatMap((event_date, dayIndex) =>
  countries.flatMap((country, countryIndex) =>
    ["ANDROID", "IOS"].flatMap((platform, platformIndex) => {
      // New Zealand has no Android players, and Sweden none at the beginning.
      if (country === "NZ" && platform === "ANDROID") return [];
      if (country === "SE" && dayIndex < 5) return [];
      const users = 1 + ((countryIndex * 5 + dayIndex * 3 + platformIndex) % 4);
      return Array.from({ length: users }, (_, user) => {
        const seed =
          countryIndex * 7_919 + dayIndex * 104_729 + platformIndex * 1_299_709 + user * 15_485_863;
        // No player in Japan ends a match, so Japan has no win ratio.
        const ended = country === "JP" ? 0 : (seed >> 3) % 9;
        return rawRow({
          user_id: `${country}-${platform}-${user}`,
          event_date,
          platform,
          country,
          // One in five plays for the first time.
          install_date: seed % 5 === 0 ? event_date : "2026-02-01",
          total_session_count: 1 + ((seed >> 2) % 6),
          total_session_duration: `${seed % 7_919}.5`,
          match_start_count: ended + (seed % 3),
          match_end_count: ended,
          victory_count: Math.floor(ended / 2),
          defeat_count: Math.floor(ended / 3),
          server_connection_error: (seed >> 5) % 4,
          iap_revenue: `${(seed >> 4) % 3 ? 0 : (seed % 97) * 100}.${String(seed % 1_000).padStart(3, "0")}`,
          ad_revenue: `0.${String(seed % 1_000_000_007)
            .padStart(9, "0")
            .slice(0, 9)}`,
        });
      });
    }),
  ),
);

export interface Fixture {
  path: string;
  /** Runs a statement and returns its rows; holds the file exclusively meanwhile. */
  query(sql: string): Promise<Row[]>;
}

/** Rows of `clan_membership_periods` and `clans`. */
interface Clans {
  periods: Row[];
  states: Row[];
}

const noClans: Clans = { periods: [], states: [] };

/**
 * Creates a warehouse file with raw rows, memberships and clans, and the metrics computed from them. It is removed after the test
 * that called this, or after the test file.
 */
export async function makeFixture(rows: RawRow[] = fixtureRows, clans: Clans = noClans): Promise<Fixture> {
  const folder = mkdtempSync(join(tmpdir(), "clan-dashboard-"));
  // `afterAll` has no effect within a test.
  const atEnd = TestRunner.getCurrentTest() ? onTestFinished : afterAll;
  atEnd(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "warehouse.duckdb");
  const built = clans === noClans ? files.get(rows) : undefined;
  if (built) writeFileSync(path, built);
  else await build(path, rows, clans);
  if (clans === noClans) files.set(rows, built ?? readFileSync(path));
  return {
    path,
    async query(sql) {
      const warehouse = await openDuckdb(path);
      try {
        return await warehouse.query(sql);
      } finally {
        await warehouse.close();
      }
    },
  };
}

/** What was built before; several tests of a file change the same fixture. */
const files = new Map<RawRow[], Buffer>();

async function build(path: string, rows: RawRow[], { periods, states }: Clans): Promise<void> {
  const warehouse = await openDuckdb(path);
  await warehouse.createTables();
  await setRows(warehouse, rawTable, rows);
  await setRows(warehouse, clanMembershipPeriodsTable, periods);
  await setRows(warehouse, clansTable, states);
  const days = rows.map(({ event_date }) => event_date).sort();
  const [from_date, to_date] = [days[0], days.at(-1)];
  if (from_date && to_date) await recomputeDays(warehouse, { from_date, to_date });
  await warehouse.close();
}
