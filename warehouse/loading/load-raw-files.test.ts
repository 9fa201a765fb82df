import { mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { activity, csvHeader, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { writePart } from "@clan-platform/scripts/testkit/parts.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it, onTestFinished } from "vitest";
import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import { fullName, rejectedTable } from "../tables/table.ts";
import { type Warehouse, WarehouseError } from "../warehouse.ts";
import { findRawFiles } from "./find-raw-files.ts";
import { loadRawFiles } from "./load-raw-files.ts";

async function start() {
  const folder = await temporaryFolder();
  const warehouse = await openDuckdb(":memory:");
  onTestFinished(() => warehouse.close());
  await warehouse.createTables();
  const write = (name: string, user_id: string, iap_revenue: number) =>
    writePart(folder, name, [activity({ user_id, iap_revenue })]);
  const stored = () =>
    warehouse.query("select user_id, iap_revenue from clan_case_raw.user_daily_metrics_raw order by user_id");
  return { folder, warehouse, write, stored };
}

it("keeps the row of the later file, and loads a file with two names once, although each is prepared before its turn", async () => {
  const { folder, warehouse, write, stored } = await start();
  const paths = [
    write("a.csv", "ann", 1),
    write("b.csv", "ann", 2),
    write("b-again.csv", "ann", 2),
    write("c.csv", "bob", 3),
  ];
  expect(await loadRawFiles(warehouse, paths, folder)).toMatchObject([
    { loaded: 1, replaced: 0, wasLoaded: false },
    { loaded: 0, replaced: 1, wasLoaded: false },
    { wasLoaded: true },
    { loaded: 1, replaced: 0, wasLoaded: false },
  ]);
  expect(await stored()).toEqual([
    { user_id: "ann", iap_revenue: "2" },
    { user_id: "bob", iap_revenue: "3" },
  ]);
});

it("reads no more files after it has refused one, and names the first of those that it has refused", async () => {
  const { folder, warehouse, write, stored } = await start();
  const damaged = ["b.csv", "c.csv"].map((name) => {
    const path = join(folder, name);
    writeFileSync(path, "another,table\n1,2\n");
    return path;
  });
  const later = Array.from({ length: 20 }, (_, n) => write(`d-${n}.csv`, `user-${n}`, 1));
  const opened: string[] = [];
  const loading = loadRawFiles(
    warehouse,
    [write("a.csv", "ann", 1), ...damaged, ...later],
    folder,
    ({ path }) => opened.push(basename(path)),
  );
  await expect(loading).rejects.toThrow(/b\.csv can't be read\. The first line is "another,table"/);
  // Each of the other two readers may have begun another file by then.
  expect(opened.length).toBeLessThan(4);
  expect(await stored()).toEqual([]);
});

it("quarantines a rejected line as it came, up to 1000 characters, and without half of a character", async () => {
  const { folder, warehouse } = await start();
  const path = join(folder, "part.csv");
  // The 1000th character is the first half of a surrogate pair.
  const long = `${"x".repeat(999)}\u{1f600}${"x".repeat(50)}`;
  const nul = 'a\u0000b,"quoted"';
  const good = toCsv([activity()]).split("\n")[1] ?? "";
  writeFileSync(
    path,
    Buffer.concat([Buffer.from(`${csvHeader}\n${good}\n${long}\n${nul}\n`), Buffer.from([0xfc, 0x0a])]),
  );
  const [report] = await loadRawFiles(warehouse, [path], folder, () => {}, { allowRejects: true });
  expect(report).toMatchObject({ read: 4, loaded: 1, rejected: 3 });
  expect(await warehouse.query(`select line, text from ${fullName(rejectedTable)} order by line`)).toEqual([
    { line: 3, text: "x".repeat(999) },
    { line: 4, text: nul },
    { line: 5, text: null },
  ]);
});

it("rejects a line that is not UTF-8 in an ignored column, whether its file is read by DuckDB or line by line", async () => {
  const { folder, warehouse } = await start();
  const line = (id: string, notes: string) =>
    `${toCsv([activity({ user_id: id })]).split("\n")[1]},${notes}\n`;
  const table = `${csvHeader},notes\n${line("ann", "caf\xe9")}${line("bob", "x")}${line("cem", "x")}`;
  for (const [name, content] of Object.entries({
    "a.csv": table,
    "b.csv": `${table}${line("dan", '"quoted"')}`,
  })) {
    const path = join(folder, name);
    writeFileSync(path, content, "latin1");
    const [report] = await loadRawFiles(warehouse, [path], folder);
    expect(report?.findings?.rejects).toMatchObject([
      { count: 1, example: { line: 2, message: "is not UTF-8" } },
    ]);
  }
});

it("refuses a file whose header is not UTF-8 before it loads another", async () => {
  const { folder, warehouse, write, stored } = await start();
  const path = join(folder, "b.csv");
  writeFileSync(path, toCsv([activity()]).replace("\n", ",caf\xe9\n").replace(/\n$/, ",x\n"), "latin1");
  await expect(loadRawFiles(warehouse, [write("a.csv", "ann", 1), path], folder)).rejects.toThrow(
    /b\.csv has a header that is not UTF-8: save it as UTF-8; none of it was loaded\.$/,
  );
  expect(await stored()).toEqual([]);
});

it.each([
  ["Delta", "_delta_log", ""],
  ["Delta", "_delta_log", "event_date=2024-03-05/platform=IOS"],
  ["Hudi", ".hoodie", "event_date=2024-03-05"],
  ["Iceberg", "metadata/v1.metadata.json", "data"],
  ["Iceberg", "metadata/v1.metadata.json", "data/event_date=2024-03-05"],
])(
  "refuses the files of a %s table (%s, %j), whose rows may be of older versions",
  async (format, log, part) => {
    const { folder, write } = await start();
    mkdirSync(join(folder, log), { recursive: true });
    mkdirSync(join(folder, part), { recursive: true });
    const file = write(join(part, "part-0.csv"), "ann", 1);
    for (const path of [folder, join(folder, part), file])
      expect(() => findRawFiles([path])).toThrow(
        `${path} is of the ${format} table ${folder}, whose files also`,
      );
  },
);

it("refuses a partition of a Hudi table that is not named by its column", async () => {
  const { folder, write } = await start();
  const part = join(folder, "2024", "03", "05");
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, ".hoodie_partition_metadata"), "");
  const file = write(join("2024", "03", "05", "part-0.csv"), "ann", 1);
  for (const path of [part, file]) expect(() => findRawFiles([path])).toThrow("is of the Hudi table");
});

it.each([
  ["a folder", mkdirSync],
  ["a file", (path: string) => writeFileSync(path, "")],
])("takes files beside %s named metadata that is of no such table", async (_, make) => {
  const { folder, write } = await start();
  make(join(folder, "metadata"));
  expect(findRawFiles([write("a.csv", "ann", 1)]).paths).toHaveLength(1);
});

it("passes over other files in a folder, names them, and says where files of activity are when it has only folders", async () => {
  const { folder, write } = await start();
  mkdirSync(join(folder, "event_date=2024-03-05"));
  expect(() => findRawFiles([folder])).toThrow(
    /has no files of activity \(.*\), only folders: name these instead \(event_date=2024-03-05\); nothing was done\. .* the files need the column event_date too\.$/,
  );
  write("a.csv", "ann", 1);
  for (const name of ["_SUCCESS", ".DS_Store", "._a.csv", ".a.snappy.parquet.crc"])
    writeFileSync(join(folder, name), "");
  writeFileSync(join(folder, "b.snappy.parquet"), "");
  const { paths, passedOver } = findRawFiles([folder]);
  expect(paths.map((path) => basename(path))).toEqual(["a.csv", "b.snappy.parquet"]);
  expect(passedOver.map((path) => path.slice(folder.length + 1))).toEqual([
    ".DS_Store",
    "._a.csv",
    ".a.snappy.parquet.crc",
    "_SUCCESS",
    "event_date=2024-03-05/",
  ]);
});

it.each(["prepareFile", "load"] as const)(
  "loads nothing after a file that fails (%s), and all of it when run again",
  async (step) => {
    const { folder, warehouse, write, stored } = await start();
    const paths = [write("a.csv", "ann", 1), write("b.csv", "bob", 2), write("c.csv", "cem", 3)];
    const refuse = () => Promise.reject(new WarehouseError("The disk is full."));
    const failing: Warehouse = {
      ...warehouse,
      prepareFile: async (part) => {
        if (!part.path.endsWith("b.csv")) return warehouse.prepareFile(part);
        return step === "prepareFile" ? refuse() : { load: refuse, discard: async () => {} };
      },
    };
    await expect(loadRawFiles(failing, paths, folder)).rejects.toThrow("The disk is full.");
    expect(await stored()).toEqual([{ user_id: "ann", iap_revenue: "1" }]);

    const again = await loadRawFiles(warehouse, paths, folder);
    expect(again.map(({ wasLoaded }) => wasLoaded)).toEqual([true, false, false]);
    expect(await stored()).toHaveLength(3);
  },
);
