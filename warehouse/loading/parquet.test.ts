import { mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, it, onTestFinished } from "vitest";
import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import { fullName, rawTable, rejectedTable } from "../tables/table.ts";
import { loadRawFiles } from "./load-raw-files.ts";

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

async function start() {
  const folder = await temporaryFolder();
  const warehouse = await openDuckdb(":memory:");
  onTestFinished(() => warehouse.close());
  await warehouse.createTables();
  const load = (path: string, allowRejects = false) =>
    loadRawFiles(warehouse, [path], folder, () => {}, { allowRejects });
  const stored = () => warehouse.query(`select * from ${fullName(rawTable)} order by user_id`);
  const rejected = () =>
    warehouse.query(`select line, field, reason from ${fullName(rejectedTable)} order by line`);
  return { folder, load, stored, rejected };
}

/** Writes a Parquet file of rows with these expressions, which may use the row's number n, in place of some columns. */
async function writeParquet(path: string, replaced: Record<string, string>, rows = 2): Promise<void> {
  const row = { ...activity(), country: "TR" };
  const values = Object.entries(row).map(([name, value]) => `'${value}' as ${name}`);
  const others = Object.entries(replaced).filter(([name]) => !(name in row));
  const replacing = Object.entries(replaced).filter(([name]) => name in row);
  const select = [
    replacing.length > 0
      ? `* replace (${replacing.map(([name, sql]) => `${sql} as ${name}`).join(", ")})`
      : "*",
    ...others.map(([name, sql]) => `${sql} as "${name}"`),
  ];
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `copy (select ${select.join(", ")} from (select ${values.join(", ")}) as a, range(${rows}) as r(n))
     to '${path}' (format parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

it.each([
  ["pandas.parquet", ["__index_level_0__"]],
  ["pandas-categories.parquet", ["__index_level_0__"]],
  ["fastparquet.parquet", []],
  ["bigquery-types.parquet", []],
  ["hive.snappy.parquet", []],
])("stores the same of %s as of the rows in CSV", async (name, ignored) => {
  const reference = await start();
  await reference.load(fixture("rows.csv"));
  const { load, stored } = await start();
  expect(await load(fixture(name))).toMatchObject([
    { read: 60, loaded: 60, rejected: 0, findings: { ignored } },
  ]);
  expect(await stored()).toEqual(await reference.stored());
  expect(await load(fixture(name))).toMatchObject([{ wasLoaded: true }]);
});

it("takes a file by its content: Parquet under another name, with characters of a pattern in its path", async () => {
  const { folder, load } = await start();
  const odd = join(folder, "exports [1] * it's");
  mkdirSync(odd);
  const path = join(odd, "part?.csv");
  writeFileSync(path, readFileSync(fixture("pandas.parquet")));
  expect(await load(path)).toMatchObject([{ loaded: 60 }]);
});

it("takes a day that is a moment in UTC, and leaves a value that is none to the contract", async () => {
  const { folder, load, stored, rejected } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(path, {
    user_id: "case n when 0 then 'ann' else E'bob\\nby' end",
    event_date: "timestamptz '2024-03-05 00:00:00+00'",
    "Extra, column": "[1, 2]",
  });
  expect(await load(path)).toMatchObject([
    { read: 2, loaded: 1, rejected: 1, findings: { ignored: ["n", "extra, column"] } },
  ]);
  expect(await stored()).toMatchObject([{ user_id: "ann", event_date: "2024-03-05", country: "TR" }]);
  expect(await rejected()).toMatchObject([{ line: 3, field: "user_id" }]);
});

it("leaves out any number of columns, and names the first hundred", async () => {
  const { folder, load } = await start();
  const path = join(folder, "part.parquet");
  const others = Array.from({ length: 4_000 }, (_, at) => `feature_value_of_${at}`);
  const values = others.map((name) => [name, "n"]);
  await writeParquet(path, { user_id: "'player-' || n", ...Object.fromEntries(values) });
  const [report] = await load(path);
  expect(report).toMatchObject({ loaded: 2, rejected: 0 });
  // What `writeParquet` numbers rows by comes first.
  expect(report?.findings?.ignored).toEqual(["n", ...others.slice(0, 99)]);
});

it("refuses what is no such table, or inexact, in one sentence", async () => {
  const { folder, load, stored } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(path, { user_id: "cast(4711 + n as double)" });
  await expect(load(path)).rejects.toThrow(/part\.parquet has user_id as DOUBLE, which is inexact: write it/);
  writeFileSync(path, gzipSync(readFileSync(fixture("pandas.parquet"))));
  await expect(load(path)).rejects.toThrow(/is Parquet within gzip: unpack it; none of it was loaded\.$/);
  writeFileSync(path, gzipSync(gzipSync("user_id\n")));
  await expect(load(path)).rejects.toThrow(/is gzip within gzip: unpack it once; none of it was loaded\.$/);
  writeFileSync(path, readFileSync(fixture("pandas.parquet")));
  truncateSync(path, 9_000);
  await expect(load(path)).rejects.toThrow(/part\.parquet can't be read as Parquet: .*none of it was loaded/);
  writeFileSync(path, "PK\u0003\u0004...");
  await expect(load(path)).rejects.toThrow(
    /is a ZIP archive or a spreadsheet: unpack it, or save it as CSV;/,
  );
  expect(await stored()).toEqual([]);
});

it.each([
  ["float '1'", /as FLOAT, which is inexact/],
  [
    "cast(1 as decimal(38, 9))",
    /as DECIMAL\(38,9\), which is neither text nor a whole number: write it as text;/,
  ],
  ["[1]", /as INTEGER\[\], which is neither/],
  ["{id: 1}", /as STRUCT\(id INTEGER\), which is neither/],
  ["true", /as BOOLEAN/],
  ["date '2024-03-05'", /as DATE/],
  ["time '12:00'", /as TIME/],
  ["timestamptz '2024-03-05'", /as TIMESTAMP WITH TIME ZONE/],
])("refuses an id of %s, whose text would be the id of another user", async (value, message) => {
  const { folder, load, stored } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(path, { user_id: value });
  await expect(load(path)).rejects.toThrow(message);
  expect(await stored()).toEqual([]);
});

it.each([
  ...["varchar", "enum('4711')", "tinyint", "smallint", "integer", "bigint", "uinteger", "ubigint"],
  ...["decimal(4, 0)", "decimal(38, 0)", "uuid"],
])("takes ids as %s", async (type) => {
  const { folder, load, stored } = await start();
  const path = join(folder, "part.parquet");
  const id = { uuid: "0199e0a4-7c1e-7000-8000-000000000001", tinyint: "47" }[type] ?? "4711";
  await writeParquet(path, { user_id: `cast('${id}' as ${type})` });
  await load(path);
  expect(await stored()).toMatchObject([{ user_id: id }]);
});

/** Gives a column of a file another name of the same length, which may be that of another column. */
function renameColumn(path: string, from: string, to: string): void {
  writeFileSync(path, Buffer.from(readFileSync(path, "latin1").replaceAll(from, to), "latin1"));
}

it.each(["user_id", "USER_ID"])("refuses a file that has user_id and %s", async (again) => {
  const { folder, load, stored } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(path, { user_xx: "'somebody else'" });
  renameColumn(path, "user_xx", again);
  await expect(load(path)).rejects.toThrow(
    /part\.parquet has user_id repeated: leave one of them; none of it was loaded\.$/,
  );
  expect(await stored()).toEqual([]);
});

it("names ignored columns as the file does, on one line, and not the fields within a column", async () => {
  const { folder, load, stored } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(path, { struct: "{user_id: 'x', note: 1}", "line\nfeed": "1", note: "2", noxx: "3" });
  renameColumn(path, "noxx", "note");
  expect(await load(path)).toMatchObject([
    { read: 2, loaded: 1, rejected: 0, findings: { ignored: ["n", "struct", "line feed", "note"] } },
  ]);
  expect(await stored()).toMatchObject([{ user_id: "player-1" }]);
});

it.each([
  ["5.551115123125783e-17::double", "0"],
  ["9.5e-12::float", "0"],
  ["5e-10::double", "0.000000001"],
  ["1.5e-5::double", "0.000015"],
  ["0.0000000004999::decimal(38, 18)", "0"],
])("rounds an amount of %s to %s", async (value, kept) => {
  const { folder, load, stored } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(path, { iap_revenue: value });
  await load(path);
  expect(await stored()).toMatchObject([{ iap_revenue: kept }]);
});

it("names the line of a value that is too long by its row", async () => {
  const { folder, load } = await start();
  const path = join(folder, "part.parquet");
  await writeParquet(
    path,
    { user_id: "case n when 1999 then repeat('x', 70_000) else n::varchar end" },
    3_000,
  );
  await expect(load(path)).rejects.toThrow(/has a line of more than 64 KiB \(line 2001\); none of it was/);
});

it("refuses Parquet that lacks a column, and names it", async () => {
  const { folder, load } = await start();
  const path = join(folder, "part.parquet");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(
    `copy (select * exclude (ad_revenue) from read_parquet('${fixture("pandas.parquet")}')) to '${path}' (format parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
  await expect(load(path)).rejects.toThrow(/ad_revenue missing; "__index_level_0__" unknown/);
});
