import { expect, it } from "vitest";
import { connect, createTestDatabase } from "../../testkit/database.ts";
import { deliver } from "../../testkit/synced.ts";
import { Broken } from "../experiment.ts";
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
      () => "as told",
      (error) => {
        expect(error).toBeInstanceOf(Broken);
        return error.message;
      },
    );
  };
}

const clan: Write = { kind: "clan", name: "there", outcome: "acknowledged", id: here };
const rows: Write = { kind: "activity", name: "there", outcome: "acknowledged", rows: 2 };
const absent = { name: "absent" };

it("holds what is there once, what is not there though refused, and what may or may not be there", async () => {
  const verdict = await someWrites();
  expect(await verdict(clan, rows)).toBe("as told");
  const deleted: Write = { ...clan, ...absent, deletion: "acknowledged" };
  expect(await verdict(clan, rows, { ...rows, ...absent, outcome: "refused" }, deleted)).toBe("as told");
  expect(await verdict({ ...clan, outcome: "unknown" }, { ...rows, outcome: "unknown" })).toBe("as told");
  expect(await verdict(clan, rows, { ...clan, ...absent, outcome: "unknown" })).toBe("as told");
});

it.each<[fault: RegExp, clan: Partial<Write>, rows: Partial<Write>]>([
  [/^1 writes are not as told: clan there: was refused and is there$/, { outcome: "refused" }, {}],
  [/activity there: was refused and is there/, {}, { outcome: "refused" }],
  [/clan there: was deleted and is there/, { deletion: "acknowledged" }, {}],
  [/clan there: was acknowledged as .*2 and is .*1/, { id: elsewhere }, {}],
  [/activity there: 2 of 3 rows are there/, {}, { rows: 3, outcome: "unknown" }],
  [
    /clan absent: was acknowledged and is not there; .*there is there, though nobody wrote it/,
    absent,
    absent,
  ],
])("tells that %s", async (fault, changedClan, changedRows) => {
  const verdict = await someWrites();
  expect(await verdict({ ...clan, ...changedClan }, { ...rows, ...changedRows })).toMatch(fault);
});
