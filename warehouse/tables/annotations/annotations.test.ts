import { expect, it, onTestFinished } from "vitest";
import { openBigquery } from "../../engines/bigquery/bigquery.ts";
import { openDuckdb } from "../../engines/duckdb/duckdb.ts";
import { connectionTo, startBigquery } from "../../testing/bigquery-server.ts";
import { startGoogleSql } from "../../testing/googlesql.ts";
import type { Warehouse, WriteStatement } from "../../warehouse.ts";
import { addAnnotation, readAnnotations, removeAnnotation } from "./annotations.ts";

const { analyze } = await startGoogleSql();

const engines: [name: string, open: () => Promise<Warehouse>][] = [
  ["DuckDB", () => openDuckdb(":memory:")],
  [
    "BigQuery",
    async () => {
      const server = await startBigquery();
      onTestFinished(server.close);
      return openBigquery(connectionTo(server));
    },
  ],
];

const march = { from_date: "2024-03-01", to_date: "2024-03-31" };
const patch = {
  day: "2024-03-02",
  text: "It's 'Patch' 2.1; -- @note",
  metric: "errors_per_dau",
  country: "TR",
};
const sale = { day: "2024-03-01", text: "Sale 🎉", metric: null, country: null };

it.each(engines)(
  "adds an annotation once, reads those of some days, and removes one, on %s",
  async (_, open) => {
    const warehouse = await open();
    onTestFinished(() => warehouse.close());
    await warehouse.createTables();
    const id = await addAnnotation(warehouse, patch);
    expect(await addAnnotation(warehouse, patch)).toBe(id);
    const others = [
      { ...patch, country: null },
      { ...patch, metric: null },
      { ...patch, text: "Patch" },
      { ...patch, day: "2024-04-01" },
    ];
    for (const other of others) expect(await addAnnotation(warehouse, other)).not.toBe(id);
    await addAnnotation(warehouse, sale);
    const found = await readAnnotations(warehouse, march);
    expect(found.map(({ id: _, ...annotation }) => annotation)).toEqual([sale, patch, ...others.slice(0, 3)]);
    await removeAnnotation(warehouse, id);
    await removeAnnotation(warehouse, "unknown");
    expect(await readAnnotations(warehouse, march)).toEqual(
      found.filter((annotation) => annotation.id !== id),
    );
  },
);

it("GoogleSQL takes what adds and removes an annotation", async () => {
  const written: WriteStatement[] = [];
  const recorder: Pick<Warehouse, "write"> = { write: async (statement) => void written.push(statement) };
  await addAnnotation(recorder as Warehouse, patch);
  await removeAnnotation(recorder as Warehouse, "id");
  expect(written).toHaveLength(2);
  for (const { sql, parameters: days = {}, texts = {} } of written) {
    const parameters = Object.fromEntries(Object.keys(texts).map((name) => [name, "STRING" as const]));
    await analyze(sql, { days, parameters });
  }
});
