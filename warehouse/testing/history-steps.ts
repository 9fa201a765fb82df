import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { columns } from "@clan-platform/contract/columns.ts";
import { toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { afterAll } from "vitest";
import { clanChangesFields, membershipChangesFields } from "../sync/statements.ts";
import type { Row, Warehouse } from "../warehouse.ts";
import type { RawRow } from "./rows.ts";

/** What PostgreSQL sends to a sync. */
export interface SyncedChanges {
  /** The watermark of the sync before; null before the first. */
  since: string | null;
  rows?: RawRow[];
  /** Users that were erased. */
  erased?: string[];
  /** Rows of `clan_changes`. */
  clans?: Row[];
  /** Rows of `clan_membership_changes`, without those of erased users. */
  memberships?: Row[];
}

/** Steps of a random history of a warehouse, for all tests of a file. */
export function historySteps(warehouse: Warehouse) {
  const folder = mkdtempSync(join(tmpdir(), "clan-histories-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let number = 0;
  const write = (lines: string[]) => {
    const path = join(folder, `${number++}.csv`);
    writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
    return path;
  };

  /** Late rows and corrections, from a file. */
  async function load(rows: RawRow[]): Promise<void> {
    const path = join(folder, `${number++}.csv`);
    writeFileSync(path, toCsv(rows));
    const digest = createHash("sha256").update(String(number)).digest("hex");
    await warehouse.loadFile({ path, digest, unpacked: path, format: "csv", allowRejects: false });
  }

  /** Changes from PostgreSQL; returns the watermark. */
  async function sync(changes: SyncedChanges): Promise<string> {
    const { since, rows = [], erased = [], clans = [], memberships = [] } = changes;
    const nameless = (fields: { name: string }[]) =>
      erased.map((user_id) =>
        fields.map(({ name }) => (name === "user_id" ? user_id : name === "is_erased" ? "t" : "")).join("\t"),
      );
    const namesOf = (fields: { name: string }[]) => fields.map(({ name }) => name).join("\t");
    const linesOf = (fields: { name: string }[], rows: Row[]) =>
      rows.map((row) => fields.map(({ name }) => row[name] ?? "").join("\t"));
    const activityFields = [...columns, { name: "is_erased" }];
    const files = {
      activity: write([
        namesOf(activityFields),
        ...linesOf(
          activityFields,
          rows.map((row) => ({ ...row, is_erased: "f" })),
        ),
        ...nameless(activityFields),
      ]),
      clans: write([namesOf(clanChangesFields), ...linesOf(clanChangesFields, clans)]),
      memberships: write([
        namesOf(membershipChangesFields),
        ...linesOf(
          membershipChangesFields,
          memberships.map((row) => ({ ...row, is_erased: "f" })),
        ),
        ...nameless(membershipChangesFields),
      ]),
    };
    const syncedTo = new Date(Date.UTC(2024, 5, 1) + number * 1000)
      .toISOString()
      .replace(/T(.*)Z/, " $1000+00");
    const startedAt = new Date().toISOString();
    const report = await warehouse.syncActivity({ files, since, isClockSetBack: false, syncedTo, startedAt });
    if (!report) throw new Error("Another sync has interfered.");
    return syncedTo;
  }

  return { load, sync };
}
