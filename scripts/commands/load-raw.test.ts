import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { activity, csvHeader, toCsv } from "../testkit/activity.ts";
import { runCommand } from "../testkit/command.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { activityRows, exportWarehouse, readWarehouse, writePart } from "../testkit/parts.ts";
import { expectOneSentence, temporaryFolder } from "../testkit/run.ts";

const days = ["2024-03-01", "2024-03-02", "2024-03-03"];
const rows = activityRows(1_000, days);

const run = (name: string, args: string[], DATA_DIR: string) => runCommandInProcess(name, args, { DATA_DIR });

const load = (args: string[], dataFolder: string) => run("load-raw", args, dataFolder);

const counts = (output: string) =>
  Object.fromEntries(
    ["rows read", "loaded", "replaced one with the same key", "rejected"].map((what) => [
      what.split(" ").at(0) === "rows" ? "read" : what.split(" ")[0],
      Number(new RegExp(`([\\d,]+) ${what}$`, "m").exec(output)?.[1]?.replaceAll(",", "")),
    ]),
  );

it("loads files and folders, skips what was loaded, and replaces rows with the same key", async () => {
  const data = await temporaryFolder();
  const folder = join(data, "parts");
  mkdirSync(folder);
  writePart(folder, "b.csv.gz", rows.slice(1_000));
  const a = writePart(data, "a.csv", rows.slice(0, 1_000));
  const first = await load([folder, a], data);
  expect([first.code, counts(first.output)]).toEqual([
    0,
    { read: 3_000, loaded: 3_000, replaced: 0, rejected: 0 },
  ]);
  const copy = writePart(data, "renamed.csv", rows.slice(0, 1_000));
  const again = await load([folder, copy], data);
  expect(again.output).toContain("2 parts, of which 2 were loaded before");
  expect(counts(again.output)).toEqual({ read: 0, loaded: 0, replaced: 0, rejected: 0 });
  const corrected = [
    activity({ ...rows[5], iap_revenue: 1 }),
    activity({ ...rows[5], iap_revenue: 99.5 }),
    activity({ user_id: "new" }),
  ];
  const third = await load([writePart(data, "c.csv", corrected)], data);
  expect(counts(third.output)).toEqual({ read: 3, loaded: 1, replaced: 2, rejected: 0 });
  const kept = await readWarehouse(
    data,
    `select count(*) as row_count, max(iap_revenue) as most from clan_case_raw.user_daily_metrics_raw`,
  );
  expect(kept).toEqual([{ row_count: 3_001, most: "99.5" }]);
}, 300_000);

it("keeps rejected lines apart, with file, line and reason; and brings odd but right rows into the contract's form", async () => {
  const data = await temporaryFolder();
  const [header, line = ""] = toCsv([activity()]).split("\n");
  const lines = [
    header,
    line,
    line.replace("ANDROID", "WEB"),
    line.replace("TR", "tr").replace("ANDROID", "ios"),
    "",
    line.replace("2024-03-05", "2024-02-30"),
    line.replace("4.99", "1e-3").replace("player-1", '"a ""b"""'),
    line.replace(",5,4,", ",5.5,4,").replace("player-1", "half"),
    line.replace("4.99", "-1").replace("player-1", "minus"),
    line.replace("4.99", "12345678901.25").replace("player-1", "rich"),
    '"open',
  ];
  const { code, output } = await load(
    ["--allow-rejects", writePart(data, "odd.csv.gz", `${lines.join("\n")}\n`)],
    data,
  );
  expect([code, counts(output)]).toEqual([2, { read: 9, loaded: 4, replaced: 0, rejected: 5 }]);
  const rejected = await readWarehouse(
    data,
    "select file, line, field, reason from clan_case_raw.user_daily_metrics_rejected order by line",
  );
  expect(rejected).toEqual([
    { file: "odd.csv.gz", line: 3, field: "platform", reason: "must be ANDROID or IOS" },
    { file: "odd.csv.gz", line: 6, field: "event_date", reason: "must be a real day as YYYY-MM-DD" },
    {
      file: "odd.csv.gz",
      line: 8,
      field: "match_start_count",
      reason: expect.stringMatching(/whole number/),
    },
    { file: "odd.csv.gz", line: 9, field: "iap_revenue", reason: expect.stringMatching(/at least 0/) },
    { file: "odd.csv.gz", line: 11, field: "line", reason: "has a quotation mark out of place" },
  ]);
  const kept = await readWarehouse(
    data,
    "select user_id, platform, country, iap_revenue from clan_case_raw.user_daily_metrics_raw order by all",
  );
  expect(kept).toEqual([
    { user_id: 'a "b"', platform: "ANDROID", country: "TR", iap_revenue: "0.001" },
    { user_id: "player-1", platform: "ANDROID", country: "TR", iap_revenue: "4.99" },
    { user_id: "player-1", platform: "IOS", country: "TR", iap_revenue: "4.99" },
    { user_id: "rich", platform: "ANDROID", country: "TR", iap_revenue: "12345678901.25" },
  ]);
}, 300_000);

it("ends in the same tables to the byte, however the rows are cut, ordered and repeated", async () => {
  const cuts = [
    [rows],
    [rows.slice(2_000), rows.slice(0, 700), rows.slice(700, 2_000)],
    [rows.toReversed().slice(0, 1_999), rows.toReversed().slice(1_999)],
  ];
  const exports: string[] = [];
  for (const cut of cuts) {
    const data = await temporaryFolder();
    const parts = cut.map((rows, n) => writePart(data, `${n}.csv.gz`, rows));
    for (const order of [parts, parts.toReversed()]) expect((await load(order, data)).code).toBe(0);
    expect((await run("backfill", ["--yes"], data)).code).toBe(0);
    exports.push(await exportWarehouse(data));
  }
  expect(new Set(exports).size).toBe(1);
  expect(exports[0]).toContain("player-999");
}, 300_000);

it.each<[string, string, string | Buffer | undefined, RegExp]>([
  [
    "a gzip that is cut off",
    "x.csv.gz",
    gzipSync(toCsv(rows)).subarray(0, -20),
    /x\.csv\.gz is damaged or cut off/,
  ],
  ["a second gzip member that is damaged", "x.csv.gz", twoMembers(), /x\.csv\.gz is damaged or cut off/],
  [
    "a line of 70 KB",
    "x.csv",
    `${toCsv(rows)}${"x".repeat(70_000)}\n`,
    /x\.csv has a line of more than 64 KiB \(line 3002\)/,
  ],
  [
    "a csv that is cut off in its last line",
    "x.csv",
    toCsv(rows).slice(0, -3),
    /x\.csv ends within its last line \(line 3001\) as if it were cut off: end it with a line feed/,
  ],
  [
    "one that was cut off before it was packed",
    "x.csv.gz",
    gzipSync(toCsv(rows).slice(0, -3)),
    /ends within its last line/,
  ],
  ["what is no gzip", "x.csv.gz", Buffer.alloc(4_096), /x\.csv\.gz is damaged or cut off/],
  [
    "a file of another table",
    "x.csv",
    "id,name\n1,a\n",
    /x\.csv can't be read\. The first line is "id,name" and must name the columns user_id,.*: it names none of them/,
  ],
  [
    "a header without a column",
    "x.csv",
    toCsv(rows).replace("country,", "county,"),
    /must name the columns .*: country missing; "county" unknown/,
  ],
  [
    "a header with a column twice",
    "x.csv",
    toCsv(rows).replace("country,", "country,country,"),
    /country repeated/,
  ],
  [
    "a JSON array",
    "x.json",
    `[${JSON.stringify(activity())}]\n`,
    /is a JSON array: write one object per line/,
  ],
  ["UTF-16", "x.csv", Buffer.from(`\ufeff${toCsv(rows)}`, "utf16le"), /is UTF-16: save it as UTF-8/],
  ["an empty file", "x.csv", "", /x\.csv is empty/],
  ["a missing file", "x.csv", undefined, /there is no such file or folder/],
  ["Parquet that is cut off", "x.parquet", "PAR1", /x\.parquet can't be read as Parquet: .*too small/],
  ["another kind of file", "x.avro", "Obj\u0001", /is no file of activity/],
])("refuses %s in one sentence, and leaves the tables as they were", async (_, name, content, sentence) => {
  const data = await temporaryFolder();
  const good = writePart(data, "good.csv", rows);
  const path = join(data, name);
  if (content !== undefined) writeFileSync(path, content);
  // A good one before it is not loaded either.
  const { code, output } = await load([good, path], data);
  expect(code).toBe(1);
  expectOneSentence(output, sentence);
  expect(await readWarehouse(data, "select count(*) as n from clan_case_raw.user_daily_metrics_raw")).toEqual(
    [{ n: 0 }],
  );
  expect(readdirSync(join(data, "warehouse")).filter((name) => name.startsWith("work-"))).toEqual([]);
});

it("refuses a file of which more than half is rejected, and loads the rest of it when that is allowed", async () => {
  const data = await temporaryFolder();
  const header = csvHeader.replaceAll(",", ";");
  const line = (user: string, seconds: string) =>
    `${user};2024-03-05;IOS;2024-03-01;TR;1;${seconds};1;1;1;0;0;0;0\n`;
  const path = writePart(data, "comma.csv", `${header}\n${line("a", "60")}${line("b", "60,5").repeat(9)}`);
  const refused = await load([path], data);
  expect(refused.code).toBe(1);
  expectOneSentence(
    refused.output,
    /9 of 10 lines, 9 because total_session_duration must have a decimal point, not a comma \(line 3\).* add --allow-rejects/,
  );
  const allowed = await load([path, "--allow-rejects"], data);
  expect([allowed.code, counts(allowed.output)]).toEqual([
    2,
    { read: 10, loaded: 1, replaced: 0, rejected: 9 },
  ]);
  expect(allowed.output).toMatch(
    / 9 total_session_duration must have a decimal point, not a comma\n +line 3: b;/,
  );
});

it("passes over other files in a folder, and names them", async () => {
  const data = await temporaryFolder();
  const folder = join(data, "export");
  mkdirSync(folder);
  writePart(folder, "000000000000.csv.gz", rows);
  for (const name of ["_SUCCESS", ".DS_Store", "._000000000000.csv.gz"])
    writeFileSync(join(folder, name), "\0");
  const { code, output } = await load([folder], data);
  expect([code, counts(output).loaded]).toEqual([0, 3_000]);
  expect(output).toMatch(/Passed over: .*\.DS_Store, .*\._000000000000\.csv\.gz, .*_SUCCESS/);
});

/** Whose second member begins with a zero. */
function twoMembers(): Buffer {
  const second = gzipSync(toCsv(rows.slice(500)).slice(csvHeader.length + 1));
  second[0] = 0;
  return Buffer.concat([gzipSync(toCsv(rows.slice(0, 500))), second]);
}

it("refuses a folder without parts, no file, and an unknown target", async () => {
  const data = await temporaryFolder();
  const loop = join(await temporaryFolder(), "loop.csv");
  symlinkSync(loop, loop);
  for (const [args, exitCode, sentence] of [
    [[data], 1, /has no files of activity/],
    // As a path that this user may not read.
    [[loop], 1, /loop\.csv can't be read: ELOOP: .*; nothing was done/],
    [[`${"x".repeat(300)}.csv`], 1, /x\.csv can't be read: ENAMETOOLONG: .*; nothing was done/],
    [[], 64, /Missing required argument 'path': see npm run load-raw/],
    [["x.csv", "--target", "moon"], 64, /--target must be local or bigquery, not moon/],
  ] as [string[], number, RegExp][]) {
    const { code, output } = await load(args, data);
    expect(code).toBe(exitCode);
    expectOneSentence(output, sentence);
  }
});

/**
 * Whether a process has loaded its parts up to one of them: all are unpacked first, each into a folder of its own, and each goes
 * from there when it is loaded.
 */
function isLoadedTo(data: string, pid: number | undefined, part: number, last: number): boolean {
  const folder = join(data, "warehouse");
  const work = existsSync(folder) && readdirSync(folder).find((name) => name.startsWith(`work-${pid}-`));
  if (!work || !existsSync(join(folder, work, String(last)))) return false;
  const isUnpacked = (at: number) => existsSync(join(folder, work, String(at), "part.csv"));
  return !Array.from({ length: part + 1 }, (_, at) => at).some(isUnpacked);
}

it("killed at any moment and run again, it ends in the same tables", async () => {
  const reference = await temporaryFolder();
  const many = activityRows(4_000, days);
  const pieces = [0, 1, 2, 3, 4, 5].map((n) => many.slice(n * 2_000, (n + 1) * 2_000));
  await load(
    pieces.map((rows, n) => writePart(reference, `${n}.csv.gz`, rows)),
    reference,
  );
  const expected = await exportWarehouse(reference);
  const data = await temporaryFolder();
  const parts = pieces.map((rows, n) => writePart(data, `${n}.csv.gz`, rows));
  for (const left of [5, 4, 3, 2, 1, 0]) {
    const running = runCommand("load-raw", parts, { DATA_DIR: data });
    const isFarEnough = () =>
      isLoadedTo(data, running.child.pid, parts.length - 1 - left, parts.length - 1) ||
      running.child.exitCode !== null;
    await expect.poll(isFarEnough, { timeout: 60_000, interval: 1 }).toBe(true);
    running.child.kill("SIGKILL");
    await running.ended;
    const [{ n } = { n: 0 }] = await readWarehouse(
      data,
      "select count(*) as n from clan_case_raw.loaded_parts",
    );
    expect(Number(n)).toBeGreaterThanOrEqual(parts.length - left - 1);
  }
  expect((await load(parts, data)).code).toBe(0);
  expect(await exportWarehouse(data)).toBe(expected);
  expect(readdirSync(join(data, "warehouse")).filter((name) => name.startsWith("work-"))).toEqual([]);
}, 300_000);

it("several at once wait for each other, and none is lost", async () => {
  const data = await temporaryFolder();
  const parts = [0, 1, 2].map((n) => writePart(data, `${n}.csv`, rows.slice(n * 1_000, (n + 1) * 1_000)));
  const codes = await Promise.all(
    parts.map((part) => runCommand("load-raw", [part], { DATA_DIR: data }).ended),
  );
  expect(codes).toEqual([0, 0, 0]);
  expect(await readWarehouse(data, "select count(*) as n from clan_case_raw.user_daily_metrics_raw")).toEqual(
    [{ n: 3_000 }],
  );
}, 300_000);

it("recomputes the loaded days of daily_metrics, at once or, with --no-refresh, with the next run", async () => {
  const data = await temporaryFolder();
  const a = writePart(data, "a.csv", rows);
  const recomputed = (output: string) => /daily_metrics .*/.exec(output)?.[0];
  const left = await load(["--no-refresh", a], data);
  expect(recomputed(left.output)).toBe(
    "daily_metrics is not up to date for 2024-03-01 to 2024-03-03: npm run sync, or the next load-raw, recomputes these days.",
  );
  expect(await readWarehouse(data, "from clan_case_analytics.daily_metrics")).toEqual([]);
  // As after a crash between the load and the refresh.
  expect(recomputed((await load([a], data)).output)).toBe(
    "daily_metrics recomputed 2024-03-01 to 2024-03-03.",
  );
  expect((await run("validate", [], data)).code).toBe(0);
  expect(recomputed((await load([a], data)).output)).toBe("daily_metrics is up to date.");
  const corrected = await load([writePart(data, "b.csv", [{ ...rows[0], iap_revenue: 7 }])], data);
  expect(recomputed(corrected.output)).toBe("daily_metrics recomputed 2024-03-01.");
  expect((await run("validate", [], data)).code).toBe(0);
}, 300_000);

it("shows what a backfill would change, does it with --yes, and validates", async () => {
  const data = await temporaryFolder();
  await load([writePart(data, "a.csv", rows), "--no-refresh"], data);
  const invalid = await run("validate", [], data);
  expect(invalid.code).toBe(1);
  expect(invalid.output).toMatch(/3,000 raw rows from 2024-03-01 to 2024-03-03/);
  expect(invalid.output).toMatch(/DIFFERS +DAU, added up +3,000 +0/);
  expect(invalid.output).toContain("npm run backfill -- --yes recomputes daily_metrics.");
  const shown = await run("backfill", ["--from", "2024-03-02"], data);
  expect(shown.output).toMatch(/2 days would change/);
  expect(shown.output).toMatch(/2024-03-02 +8 +0 +8 +- +1,000 /);
  expect(shown.output).toContain("Nothing was changed. To make the changes, add --yes.");
  expect(await readWarehouse(data, "from clan_case_analytics.daily_metrics")).toEqual([]);
  await run("backfill", ["--from", "2024-03-02", "--yes"], data);
  expect(
    await readWarehouse(data, "select distinct event_date from clan_case_analytics.daily_metrics order by 1"),
  ).toEqual([{ event_date: "2024-03-02" }, { event_date: "2024-03-03" }]);
  await run("backfill", ["--yes"], data);
  expect((await run("backfill", [], data)).output).toContain("nothing to do");
  const valid = await run("validate", [], data);
  expect([valid.code, valid.output.includes("FAILED")]).toEqual([0, false]);
  expect(valid.output).toMatch(/same +groups of day, country and platform +24 +24/);
  // Corrections that change no sum of a day are brought in as well.
  const corrections = [
    { ...rows[0], country: "DE" },
    { ...rows[1], victory_count: 3, defeat_count: 1 },
    { ...rows[4], iap_revenue: rows[4]?.ad_revenue, ad_revenue: rows[4]?.iap_revenue },
  ];
  await load([writePart(data, "moved.csv", corrections), "--no-refresh"], data);
  expect((await run("validate", [], data)).code).toBe(1);
  expect((await run("backfill", ["--yes"], data)).output).toMatch(/2024-03-01 +[45] /);
  expect((await run("validate", [], data)).code).toBe(0);
  // A correction that arrives later is seen by the checks until it is brought in.
  const late = [activity({ ...rows[0], iap_revenue: 1_000 })];
  await load([writePart(data, "b.csv", late), "--no-refresh"], data);
  const stale = await run("validate", [], data);
  // daily_metrics and cohort_metrics no longer match raw.
  expect([stale.code, stale.output.match(/FAILED/g)?.length]).toEqual([1, 2]);
}, 300_000);

it.each([
  [["--from", "yesterday"], 64, /--from must be a day as YYYY-MM-DD, not yesterday/],
  [["--from", "2024-03-03", "--to", "2024-03-01"], 64, /--from 2024-03-03 is after --to 2024-03-01/],
  [["--target", "bigquery"], 1, /GOOGLE_CLOUD_PROJECT/],
])("backfill refuses %j in one sentence", async (args, exitCode, sentence) => {
  const data = await temporaryFolder();
  await load([writePart(data, "a.csv", rows)], data);
  const { code, output } = await run("backfill", args, data);
  expect(code).toBe(exitCode);
  expectOneSentence(output, sentence);
});

it.each(["validate", "backfill"])(
  "%s refuses days of which there are none, which every check would pass",
  async (name) => {
    const data = await temporaryFolder();
    await load([writePart(data, "a.csv", rows)], data);
    for (const args of [
      ["--from", "2030-01-01"],
      ["--to", "2001-01-01"],
    ]) {
      const { code, output } = await run(name, args, data);
      expect(code, args.join(" ")).toBe(1);
      expectOneSentence(
        output,
        /--from \S+ is after --to \S+: the raw table has days from 2024-03-01 to 2024-03-03/,
      );
    }
  },
);

it("validate refuses days without any row", async () => {
  const data = await temporaryFolder();
  await load([writePart(data, "a.csv", rows)], data);
  const { code, output } = await run("validate", ["--from", "2001-01-01", "--to", "2001-01-31"], data);
  expect(code).toBe(1);
  expectOneSentence(output, /no rows from 2001-01-01 to 2001-01-31, neither raw ones nor metrics/);
});

it("backfill leaves out days that can't have rows, of which there may be millions", async () => {
  const data = await temporaryFolder();
  await load([writePart(data, "a.csv", rows)], data);
  const all = await run("backfill", ["--to", "9999-12-31", "--yes"], data);
  expect([all.code, all.output]).toEqual([
    0,
    expect.stringMatching(/From 2024-03-01 to 20\d\d-\d\d-\d\d, 0 days/),
  ]);
  const none = await run("backfill", ["--from", "2930-01-01", "--to", "9999-12-31"], data);
  expect(none.code).toBe(1);
  expectOneSentence(
    none.output,
    /No day from 2930-01-01 to 9999-12-31 can have rows: the raw table has days/,
  );
});

it("validate ends quietly when its output is closed", async () => {
  const data = await temporaryFolder();
  await load([writePart(data, "a.csv", rows)], data);
  const running = runCommand("validate", [], { DATA_DIR: data });
  running.child.stdout?.destroy();
  await running.ended;
  expectOneSentence(running.output(), /^$/);
});

it("validate and backfill say what to do when there is nothing yet", async () => {
  for (const script of ["validate", "backfill"]) {
    const { code, output } = await run(script, [], await temporaryFolder());
    expect(code).toBe(1);
    expectOneSentence(output, /There are no raw rows yet: make some with npm run generate-raw/);
  }
});
