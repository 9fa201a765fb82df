import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  ActivityRow,
  activityFields,
  hasMoreResultsThanMatches,
} from "@clan-platform/contract/activity-row.ts";
import { readPlainRow } from "@clan-platform/contract/plain-row.ts";
import { openOwnFile, openRawFile } from "@clan-platform/warehouse/loading/open-raw-file.ts";
import { beforeAll, describe, expect, it } from "vitest";
import { generateRaw } from "../synthetic-data/generate.ts";
import { planDays, type RawOptions } from "../synthetic-data/plan.ts";
import { runCommand } from "../testkit/command.ts";
import { expectOneSentence, temporaryFolder } from "../testkit/run.ts";

const to = "2024-06-30";
const counts = [
  "total_session_count",
  "match_start_count",
  "match_end_count",
  "victory_count",
  "defeat_count",
  "server_connection_error",
];

/** Generates rows, by default into a folder of their own, and reads the files back. */
async function generate(options: Partial<RawOptions> & { rows: number }) {
  const out = options.out ?? (await temporaryFolder());
  const generated = await generateRaw({ days: 30, to, seed: 1, ...options, out });
  return { ...generated, files: filesOf(out) };
}

function filesOf(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder).sort();
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}

function linesOf(file: Buffer): string[] {
  const lines = gunzipSync(file).toString("utf8").split("\n");
  expect(lines.shift()).toBe(activityFields.join(","));
  expect(lines.pop()).toBe("");
  return lines;
}

function rawRow(line: string): Record<string, unknown> {
  const fields = line.split(",");
  return Object.fromEntries(
    activityFields.map((name, index) => [
      name,
      counts.includes(name) ? Number(fields[index]) : fields[index],
    ]),
  );
}

const daysBetween = (from: string, until: string) => (Date.parse(until) - Date.parse(from)) / 86_400_000;
const sum = (values: number[]) => values.reduce((before, value) => before + value, 0);

function countBy<Thing>(things: Iterable<Thing>, key: (thing: Thing) => string): Map<string, number> {
  const found = new Map<string, number>();
  for (const thing of things) found.set(key(thing), (found.get(key(thing)) ?? 0) + 1);
  return found;
}

describe("what is generated", () => {
  const days = 35;
  let rows: ActivityRow[];
  let files: Map<string, Buffer>;
  let users: Map<string, ActivityRow[]>;

  beforeAll(async () => {
    const out = mkdtempSync(join(tmpdir(), "clan-test-"));
    ({ files } = await generate({ rows: 60_000, days, out }));
    rmSync(out, { recursive: true });
    const raw = [...files.values()].flatMap(linesOf).map(rawRow);
    rows = raw.map((row) => ActivityRow.parse(row));
    expect(raw.map(readPlainRow)).toEqual(rows);
    users = Map.groupBy(rows, ({ user_id }) => user_id);
  });

  it("has all rows, each in the part of its day, and each key once", () => {
    expect(rows).toHaveLength(60_000);
    expect(files.size).toBe(days);
    expect([...files.keys()].at(-1)).toBe("2024-06-30.csv.gz");
    for (const [name, file] of files) {
      expect(linesOf(file).every((line) => line.split(",")[1] === name.slice(0, 10))).toBe(true);
    }
    expect(new Set(rows.map((row) => `${row.user_id} ${row.event_date} ${row.platform}`)).size).toBe(60_000);
  });

  it("is the same to the byte for the same options, and other users for another seed", async () => {
    const again = await generate({ rows: 60_000, days });
    expect(again.files).toEqual(files);
    const other = await generate({ rows: 60_000, days, seed: 2 });
    expect([...other.files.keys()]).toEqual([...files.keys()]);
    const others = [...other.files.values()].flatMap(linesOf).map((line) => line.split(",")[0] ?? "");
    expect(others.some((id) => users.has(id))).toBe(false);
  });

  it("has users who stay what they are", () => {
    for (const own of users.values()) {
      expect(new Set(own.map(({ install_date, country }) => `${install_date} ${country}`)).size).toBe(1);
      expect(daysBetween(own[0]?.install_date ?? "", own[0]?.event_date ?? "")).toBeLessThanOrEqual(365);
    }
  });

  it("has countries with a long tail, and some unknown", () => {
    const countries = countBy(rows, ({ country }) => country ?? "");
    const unknown = (countries.get("") ?? 0) / rows.length;
    expect(unknown).toBeGreaterThan(0.001);
    expect(unknown).toBeLessThan(0.01);
    const byRows = [...countries].sort(([, a], [, b]) => b - a);
    expect(byRows.slice(0, 3).map(([country]) => country)).toEqual(["US", "TR", "DE"]);
    expect((byRows[0]?.[1] ?? 0) / rows.length).toBeGreaterThan(0.2);
    expect((byRows[0]?.[1] ?? 0) / rows.length).toBeLessThan(0.3);
    expect(countries.size).toBeGreaterThan(150);
  });

  it("has some more rows on weekends", () => {
    const byDay = countBy(rows, ({ event_date }) => event_date);
    const isWeekend = (day: string) => [0, 6].includes(new Date(day).getUTCDay());
    const mean = (onWeekend: boolean) => {
      const some = [...byDay].filter(([day]) => isWeekend(day) === onWeekend);
      return sum(some.map(([, count]) => count)) / some.length;
    };
    expect(mean(true) / mean(false)).toBeGreaterThan(1.1);
    expect(mean(true) / mean(false)).toBeLessThan(1.2);
  });

  it("loses installed users along a retention curve", () => {
    const installs = new Set<string>();
    const played = new Set<string>();
    for (const { user_id, install_date, event_date } of rows) {
      const age = daysBetween(install_date, event_date);
      played.add(`${user_id} ${age}`);
      if (age === 0) installs.add(`${user_id} ${install_date}`);
    }
    const retention = (age: number) => {
      const seen = [...installs].map((install) => install.split(" "));
      const followed = seen.filter(([, day = ""]) => daysBetween(day, to) >= age);
      return followed.filter(([user]) => played.has(`${user} ${age}`)).length / followed.length;
    };
    expect(retention(1)).toBeGreaterThan(0.36);
    expect(retention(1)).toBeLessThan(0.46);
    expect(retention(7)).toBeGreaterThan(0.12);
    expect(retention(7)).toBeLessThan(0.2);
    expect(retention(30)).toBeGreaterThan(0.03);
    expect(retention(30)).toBeLessThan(0.1);
  });

  it("has few users on both platforms, on one day too", () => {
    const onBoth = [...users.values()].filter((own) => new Set(own.map((row) => row.platform)).size === 2);
    expect(onBoth.length / users.size).toBeGreaterThan(0.01);
    expect(onBoth.length / users.size).toBeLessThan(0.03);
    const userDays = new Set(rows.map(({ user_id, event_date }) => `${user_id} ${event_date}`));
    expect(rows.length - userDays.size).toBeGreaterThan(300);
  });

  it("has few payers, some of whom pay much, at price points", () => {
    const paid = [...users.values()]
      .map((own) => sum(own.map(({ iap_revenue }) => Number(iap_revenue))))
      .filter((amount) => amount > 0)
      .sort((a, b) => b - a);
    expect(paid.length / users.size).toBeGreaterThan(0.012);
    expect(paid.length / users.size).toBeLessThan(0.03);
    const mostPaying = sum(paid.slice(0, Math.ceil(paid.length / 10)));
    expect(mostPaying / sum(paid)).toBeGreaterThan(0.4);
    expect(new Set(rows.map(({ iap_revenue }) => iap_revenue))).toContain("4.99");
  });

  it("has more advertising where people are rich, with 4 to 6 decimal places", () => {
    const perRow = (country: string) => {
      const some = rows.filter((row) => row.country === country);
      return sum(some.map(({ ad_revenue }) => Number(ad_revenue))) / some.length;
    };
    expect(perRow("US")).toBeGreaterThan(2 * perRow("TR"));
    expect(perRow("TR")).toBeGreaterThan(perRow("IN"));
    for (const { ad_revenue } of rows) expect(ad_revenue).toMatch(/^(0|\d+\.\d{4,6})$/);
  });

  it("has matches that add up, but for those that senders count wrongly", () => {
    const share = (isSo: (row: ActivityRow) => boolean) => rows.filter(isSo).length / rows.length;
    expect(share((row) => row.match_start_count >= row.match_end_count)).toBeGreaterThan(0.98);
    expect(share((row) => row.victory_count + row.defeat_count === row.match_end_count)).toBeGreaterThan(0.9);
    expect(share(hasMoreResultsThanMatches)).toBeGreaterThan(0.0003);
    expect(share(hasMoreResultsThanMatches)).toBeLessThan(0.003);
    expect(share((row) => row.total_session_duration.includes("."))).toBeGreaterThan(0.2);
  });

  it("has an outage on one day in some countries", () => {
    const failing = (some: ActivityRow[]) =>
      some.filter((row) => row.server_connection_error > 0).length / some.length;
    const byDay = Map.groupBy(rows, ({ event_date }) => event_date);
    const byFailing = [...byDay.values()].sort((a, b) => failing(b) - failing(a));
    expect(failing((byFailing[0] ?? []).filter(({ country }) => country === "TR"))).toBeGreaterThan(0.6);
    expect(failing((byFailing[0] ?? []).filter(({ country }) => country === "US"))).toBeLessThan(0.1);
    expect(failing(byFailing[1] ?? [])).toBeLessThan(0.06);
  });
});

it("has every country on both platforms on a day of the usual size", async () => {
  const { files, countries } = await generate({ rows: 243_334, days: 1 });
  const lines = [...files.values()].flatMap(linesOf).map((line) => line.split(","));
  expect(lines).toHaveLength(243_334);
  expect(countries).toBe(190);
  expect(new Set(lines.map((fields) => `${fields[2]} ${fields[4]}`)).size).toBe(2 * 191);
});

it.each([
  [1, 1],
  [1, 30],
  [100, 30],
  [100, 1],
  [1_000, 366],
  [5_000, 2],
])("has exactly %i rows on %i days", async (rows, days) => {
  const { files, parts, rows: reported } = await generate({ rows, days });
  const lines = [...files.values()].flatMap(linesOf);
  expect(lines).toHaveLength(rows);
  expect(reported).toBe(rows);
  expect(parts).toHaveLength(files.size);
  expect(new Set(lines.map((line) => line.split(",", 3).join())).size).toBe(rows);
  for (const line of lines) expect(readPlainRow(rawRow(line))).toBeDefined();
});

it("cuts a day of more than 500,000 rows into parts, and splits the rows to the last one", () => {
  const [day] = planDays({ rows: 1_200_000, days: 1, to });
  expect(day?.parts).toEqual([
    { name: "2024-06-30-1.csv.gz", rows: 500_000 },
    { name: "2024-06-30-2.csv.gz", rows: 500_000 },
    { name: "2024-06-30-3.csv.gz", rows: 200_000 },
  ]);
  for (const [rows, days] of [
    [7_300_000, 30],
    [100_000_000, 366],
    [13, 7],
  ] as const) {
    const plan = planDays({ rows, days, to });
    expect(sum(plan.map((planned) => planned.rows))).toBe(rows);
    expect(sum(plan.flatMap(({ parts }) => parts.map((part) => part.rows)))).toBe(rows);
  }
});

it("writes the same rows without packing them, overwrites its own files, and leaves packed ones", async () => {
  const out = await temporaryFolder();
  const { files: packed } = await generate({ rows: 2_000, days: 3, out });
  for (let run = 0; run < 2; run++) {
    const { parts } = await generate({ rows: 2_000, days: 3, out, packed: false });
    expect(parts.map((path) => readFileSync(path))).toEqual(
      [...packed.values()].map((file) => gunzipSync(file)),
    );
  }
  expect(filesOf(out).size).toBe(6);
  await expect(generate({ rows: 2_000, days: 2, out, packed: false })).rejects.toThrow(
    /has parts already .* such as 2024-06-28\.csv: /,
  );
});

it("writes parts that a first fill needs not inspect, because they are plain", async () => {
  const [out, folder] = [await temporaryFolder(), await temporaryFolder()];
  const { parts } = await generateRaw({ rows: 5_000, days: 3, to, seed: 1, out, packed: false });
  for (const path of parts) {
    const inspected = await openRawFile(path, folder);
    expect(await openOwnFile(path)).toEqual({ ...inspected, unpacked: path });
  }
  expect(parts).toHaveLength(3);
});

it("writes the same with the command, prints the counts, and overwrites its own files only", async () => {
  const out = join(await temporaryFolder(), "deep", "raw");
  const args = ["--out", out, "--rows", "2000", "--days", "3", "--to", to];
  const { files } = await generate({ rows: 2_000, days: 3 });
  for (let run = 0; run < 2; run++) {
    const script = runCommand("generate-raw", args);
    expect(await script.ended).toBe(0);
    expect(script.output()).toMatch(
      / 2,000 rows\n +3 parts\n +3 days\n +\d+ countries\n +0\.\d\d MB\n +[\d.]+ seconds\n +[\d,]+ rows\/s\n$/,
    );
    expect(filesOf(out)).toEqual(files);
  }
  const other = runCommand("generate-raw", ["--out", out, "--rows", "2000", "--days", "2", "--to", to]);
  expect(await other.ended).toBe(1);
  expectOneSentence(
    other.output(),
    /has parts already .* such as 2024-06-28\.csv\.gz: .*nothing was generated/,
  );
  expect(filesOf(out)).toEqual(files);
});

it.each([
  [[], /--out is required: the folder for the files/],
  [["--out", "x", "--rows", "0"], /--rows must be a whole number from 1 to 100000000, not 0/],
  [["--out", "x", "--rows", "7,300,000"], /--rows must be a whole number/],
  [["--out", "x", "--days", "367"], /--days must be a whole number from 1 to 366, not 367/],
  [["--out", "x", "--seed", "4294967296"], /--seed must be a whole number/],
  [["--out", "x", "--seed", "-1"], /--seed must be a whole number from 0 to 4294967295, not -1/],
  [["--out", "x", "--to", "2024-02-30"], /--to must be a day from 2016-01-30 to .*, not 2024-02-30/],
  [["--out", "x", "--to", "2016-01-29"], /--to must be a day/],
  [["--out", "x", "--columns", "3"], /Unknown option '--columns'/],
  [["--out", "x", "y"], /generate-raw takes no arguments, not y: see/],
  [["--out", "x", "--row", "5"], /Unknown option '--row': did you mean --rows\?/],
])("refuses %j in one sentence", async (args, sentence) => {
  const script = runCommand("generate-raw", args);
  expect(await script.ended).toBe(64);
  expectOneSentence(script.output(), sentence);
  expect(existsSync("x")).toBe(false);
});

it("refuses a file as the folder", async () => {
  const file = join(await temporaryFolder(), "file");
  writeFileSync(file, "");
  const script = runCommand("generate-raw", ["--out", file]);
  expect(await script.ended).toBe(1);
  expectOneSentence(script.output(), /file can't be written to: .*nothing was generated/);
});

describe("an interrupted run", () => {
  it("leaves whole parts only", async () => {
    const out = await temporaryFolder();
    const options = { rows: 3_000_000, days: 30, to };
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const script = runCommand("generate-raw", ["--out", out, ...args]);
    const names = () => readdirSync(out);
    await expect
      .poll(() => names().length > 1 && names().some((name) => name.endsWith(".partial")), {
        timeout: 20_000,
        interval: 5,
      })
      .toBe(true);
    script.child.kill("SIGINT");
    expect(await script.ended).toBe(130);
    expectOneSentence(script.output(), /Interrupted\. The files that were written are complete/);
    const planned = new Map(planDays(options).map(({ parts: [part] }) => [part?.name, part?.rows]));
    const files = filesOf(out);
    expect(files.size).toBeGreaterThan(0);
    expect(files.size).toBeLessThan(30);
    for (const [name, file] of files) expect(linesOf(file)).toHaveLength(planned.get(name) ?? -1);
  });

  it.each([true, false])("leaves nothing when it is interrupted at once (packed: %s)", async (packed) => {
    const out = await temporaryFolder();
    const options = { out, rows: 1_000, days: 1, to, seed: 1, packed };
    const ended = generateRaw(options, () => {}, AbortSignal.abort());
    await expect(ended).rejects.toThrow();
    expect(readdirSync(out)).toEqual([]);
  });
});
