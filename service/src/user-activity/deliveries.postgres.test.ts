import { activity, toCsv, toNdjson } from "@clan-platform/scripts/testkit/activity.ts";
import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import fc from "fast-check";
import { expect, it } from "vitest";

type Row = Record<string, unknown>;
type Way = "batch" | "csv" | "ndjson";
interface Delivery {
  way: Way;
  rows: Row[];
}

const keyOf = (row: Row) => `${row.user_id} ${row.event_date} ${row.platform}`;

const userId = fc.constantFrom("a", "A", "b", 'quo"te', "back\\slash", "com,ma", "\u{1f600}", "é");
const key = fc.record({
  user_id: userId,
  event_date: fc.constantFrom("2024-02-28", "2024-02-29", "2024-03-01"),
  platform: fc.constantFrom("ANDROID", "IOS"),
});
const measures = fc.record({
  country: fc.constantFrom("TR", "DE", null),
  total_session_count: fc.constantFrom(0, 1, 2_147_483_647),
  victory_count: fc.nat(3),
  iap_revenue: fc.constantFrom(0, 0.1, 4.99, 123_456_789.123),
});
const way = fc.constantFrom<Way>("batch", "csv", "ndjson");
const toRow = ([key, measures]: [Row, Row]) => activity({ install_date: "2024-01-01", ...key, ...measures });
const anyRow = fc.tuple(key, measures).map(toRow);

async function startDelivering() {
  const { app, database } = await startTestApp();
  const url = await listen(app);
  const admin = await connect(database.adminUrl);
  const attempt = ({ way, rows }: Delivery) => {
    const quoted = rows.map((row) => ({ ...row, user_id: `"${String(row.user_id).replaceAll('"', '""')}"` }));
    const [path, type, body] = {
      batch: ["", "application/json", JSON.stringify({ rows })],
      csv: ["/import", "text/csv", toCsv(quoted)],
      ndjson: ["/import", "application/x-ndjson", toNdjson(rows)],
    }[way] as [string, string, string];
    return fetch(`${url}/user-activity${path}`, { method: "POST", headers: { "content-type": type }, body });
  };
  /** As a sender does it: what was not taken is sent again. */
  const deliver = async (delivery: Delivery): Promise<Record<string, number>> => {
    for (;;) {
      const answer = await attempt(delivery);
      const body = (await answer.json()) as Record<string, number>;
      if (answer.status === 200) return body;
      expect([answer.status, body]).toEqual([503, expect.anything()]);
    }
  };
  const table = async (): Promise<Row[]> => {
    const { rows } = await admin.query(
      `select user_id, event_date::text, platform, country, total_session_count, victory_count, iap_revenue::float
       from user_activity`,
    );
    return rows;
  };
  const empty = () => admin.query("truncate user_activity");
  return { deliver, table, empty };
}

/** The columns that differ from row to row, in the order of the key. */
function essence(rows: Iterable<Row>): string[] {
  const fields = ["country", "total_session_count", "victory_count", "iap_revenue"];
  return [...rows].map((row) => `${keyOf(row)}: ${fields.map((field) => row[field])}`).toSorted();
}

it("one delivery after another: of each key the last row counts, and the counts add up", async () => {
  const { deliver, table, empty } = await startDelivering();
  const deliveries = fc.array(fc.record({ way, rows: fc.array(anyRow, { minLength: 1, maxLength: 20 }) }), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(deliveries, async (all) => {
      await empty();
      const model = new Map<string, Row>();
      for (const delivery of all) {
        const before = new Map(model);
        for (const row of delivery.rows) model.set(keyOf(row), row);
        const keys = [...new Set(delivery.rows.map(keyOf))];
        const isSame = (key: string) =>
          essence([before.get(key) as Row])[0] === essence([model.get(key) as Row])[0];
        const inserted = keys.filter((key) => !before.has(key)).length;
        const unchanged = keys.filter((key) => before.has(key) && isSame(key)).length;
        expect(await deliver(delivery)).toMatchObject({
          received: delivery.rows.length,
          inserted,
          unchanged,
          updated: keys.length - inserted - unchanged,
          repeated: delivery.rows.length - keys.length,
        });
      }
      expect(essence(await table())).toEqual(essence(model.values()));
    }),
    { numRuns: 30 },
  );
});

it("any mix of repeated, reordered, split and concurrent deliveries of the same rows ends in the same table", async () => {
  const { deliver, table, empty } = await startDelivering();
  const rows = fc.uniqueArray(anyRow, { selector: keyOf, minLength: 1, maxLength: 30 });
  const mix = rows.chain((rows) => {
    const some = fc.shuffledSubarray(rows, { minLength: 1 });
    const deliveries = fc.array(fc.record({ way, rows: some }), { minLength: 1, maxLength: 8 });
    // Once each in some order and split, and any part again, before, after or meanwhile.
    const whole = fc.tuple(fc.shuffledSubarray(rows, { minLength: rows.length }), fc.nat(rows.length), way);
    return fc.tuple(fc.constant(rows), whole, deliveries, fc.nat(8));
  });
  await fc.assert(
    fc.asyncProperty(mix, async ([rows, [order, cut, way], others, at]) => {
      await empty();
      const pieces = [order.slice(0, cut), order.slice(cut)].filter((piece) => piece.length > 0);
      const all = others.toSpliced(at, 0, ...pieces.map((rows) => ({ way, rows })));
      const reports = await Promise.all(all.map(deliver));
      expect(essence(await table())).toEqual(essence(rows));
      // Each row was new exactly once, in whichever delivery.
      expect(reports.reduce((sum, { inserted }) => sum + (inserted ?? 0), 0)).toBe(rows.length);
      expect(reports.every(({ updated }) => updated === 0)).toBe(true);
    }),
    { numRuns: 30 },
  );
});
