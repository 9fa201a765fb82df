import { expect, it } from "vitest";
import { connect, createTestDatabase } from "../../testkit/database.ts";
import { deliver } from "../../testkit/synced.ts";
import { ExperimentFailed } from "../experiment.ts";
import { Ledger, verify, type Write } from "./ledger.ts";

const here = "00000000-0000-7000-8000-000000000001";
const elsewhere = "00000000-0000-7000-8000-000000000002";

/** A database with clan `there` and two rows of user `there`. */
async function someWrites() {
  const { adminUrl } = await createTestDatabase();
  const admin = await connect(adminUrl);
  await admin.query("insert into clans (id, name) values ($1, 'there')", [here]);
  await deliver(admin, { user_id: "there" }, { user_id: "there", event_date: "2024-03-06" });
  return async (...writes: Write[]) => {
    const ledger = new Ledger();
    ledger.writes.push(...writes);
    return verify(ledger, async (sql) => (await admin.query(sql)).rows).then(
      () => "no difference",
      (error) => {
        expect(error).toBeInstanceOf(ExperimentFailed);
        return error.message;
      },
    );
  };
}

const clan: Write = { kind: "clan", name: "there", outcome: "acknowledged", id: here };
const rows: Write = { kind: "activity", name: "there", outcome: "acknowledged", rows: 2 };
const absent = { name: "absent" };

it("accepts acknowledged writes that are stored once, rejected ones that are not, and unknown ones in either case", async () => {
  const verdict = await someWrites();
  expect(await verdict(clan, rows)).toBe("no difference");
  const deleted: Write = { ...clan, ...absent, deletion: "acknowledged" };
  expect(await verdict(clan, rows, { ...rows, ...absent, outcome: "rejected" }, deleted)).toBe(
    "no difference",
  );
  expect(await verdict({ ...clan, outcome: "unknown" }, { ...rows, outcome: "unknown" })).toBe(
    "no difference",
  );
  expect(await verdict(clan, rows, { ...clan, ...absent, outcome: "unknown" })).toBe("no difference");
});

it.each<[fault: RegExp, clan: Partial<Write>, rows: Partial<Write>]>([
  [
    /^1 writes differ from their outcome: clan there: was rejected but is stored$/,
    { outcome: "rejected" },
    {},
  ],
  [/activity there: was rejected but is stored/, {}, { outcome: "rejected" }],
  [/clan there: was deleted but is stored/, { deletion: "acknowledged" }, {}],
  [/clan there: was acknowledged as .*2 but is .*1/, { id: elsewhere }, {}],
  [/activity there: 2 of 3 rows are stored/, {}, { rows: 3, outcome: "unknown" }],
  [
    /clan absent: was acknowledged but is not stored; .*there is stored, but was not written by any client/,
    absent,
    absent,
  ],
])("reports that %s", async (fault, changedClan, changedRows) => {
  const verdict = await someWrites();
  expect(await verdict({ ...clan, ...changedClan }, { ...rows, ...changedRows })).toMatch(fault);
});
