import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { connect, createTestDatabase } from "../testkit/database.ts";
import { folderWithCluster } from "../testkit/new-cluster.ts";
import { expectOneSentence, temporaryFolder, untilPrinted } from "../testkit/run.ts";

const shippedFile = fileURLToPath(new URL("../data/clans.csv", import.meta.url));

/** Seeds a file with this content into a database of its own, and reads back what is there. */
async function seed(content: string | Buffer, { databaseUrl = "", args = [] as string[] } = {}) {
  const url = databaseUrl || (await createTestDatabase()).adminUrl;
  const file = join(await temporaryFolder(), "clans.csv");
  writeFileSync(file, content);
  const script = runCommand("seed-clans", [file, ...args], { DATABASE_URL: url });
  const code = await script.ended;
  const admin = await connect(url);
  const { rows } = await admin.query(
    'select name, region, extract(epoch from created_at)::float8 as at from clans order by name collate "C"',
  );
  return { code, output: script.output(), clans: rows, url };
}

const at = (text: string) => Date.parse(text) / 1_000;

describe("the shipped file", () => {
  it("has every case, and comes out right", async () => {
    const { code, output, clans, url } = await seed(readFileSync(shippedFile));
    expect(code).toBe(2);
    expect(output).toMatch(
      / 52 lines read\n +47 inserted\n +0 already existed\n +2 repeated .*\n +3 rejected/,
    );
    expect(output).toContain("line 31 rejected: name must not be empty\n    \tDE\t2024-05-23 1:01:01");
    expect(output).toContain("line 33 rejected: has 2 of 3 columns\n    Kite Runners\tAR");
    expect(output).toContain('line 46 rejected: created_at "last Tuesday" is no time');
    expect(output).toContain('line 17 warning: region "15" is no code; the clan is kept without one');

    const named = Object.fromEntries(clans.map((clan) => [clan.name, clan]));
    expect(named["Night Owls"]).toEqual({ name: "Night Owls", region: "TR", at: at("2024-05-11T01:44:33Z") });
    expect(named["Les Renards Rouges"]?.at).toBe(at("2024-05-12T18:30:45Z"));
    expect(named.龍の爪?.at).toBe(at("2024-05-13T12:05:00Z"));
    expect(named["Silver Anchors"]?.at).toBe(1_715_673_600);
    expect(named["Pixel Pirates"]?.at).toBe(at("2024-05-19T12:34:56Z") + 0.789012);
    expect(named["Lost Satellites"]?.region).toBeNull();
    expect(named["Golden Horde"]?.region).toBeNull();
    expect(Math.abs((named["Blue Lanterns"]?.at ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
    expect(named['Quiet "Storm"']).toBeDefined();

    const again = await seed(readFileSync(shippedFile), { databaseUrl: url });
    expect(again.output).toMatch(/ 0 inserted\n +47 already existed\n +2 repeated .*\n +3 rejected/);
    expect(again.clans).toEqual(clans);
  });
});

describe("a file", () => {
  const rows = [
    ["name", "region", "created_at"],
    ["Owls; of, the\tNight", "EU", "1715673600"],
    ["Day Owls", "TR", "2024-05-11T10:00:00+02:00"],
  ];
  const quoted = (delimiter: string) =>
    rows.map((row) => row.map((field) => (/[,;\t]/.test(field) ? `"${field}"` : field)).join(delimiter));
  const expected = [
    { name: "Day Owls", region: "TR", at: at("2024-05-11T08:00:00Z") },
    { name: "Owls; of, the Night", region: "EU", at: 1_715_673_600 },
  ];
  const tabbed = rows.map((row) => row.map((field) => field.replace("\t", " ")).join("\t"));

  it.each([
    ["tabs and LF", tabbed.join("\n")],
    ["tabs and both line ends", `${tabbed[0]}\r\n${tabbed.slice(1).join("\n")}`],
    ["tabs, CRLF and a byte order mark", `\ufeff${tabbed.join("\r\n")}\r\n`],
    ["commas", quoted(",").join("\n").replace("\t", " ")],
    ["semicolons, CRLF and blank lines", `${quoted(";").join("\r\n\r\n").replace("\t", " ")}\r\n\r\n`],
  ])("with %s comes out right", async (_, content) => {
    const { code, clans } = await seed(content);
    expect(code).toBe(0);
    expect(clans).toEqual(expected);
  });

  it("may have its columns in another order, more of them, or the name alone", async () => {
    expect((await seed("created_at,colour,name\n1715673600,red,Owls\n")).clans).toEqual([
      { name: "Owls", region: null, at: 1_715_673_600 },
    ]);
    expect((await seed("Name\nOwls\n")).clans).toMatchObject([{ name: "Owls", region: null }]);
  });

  it("keeps the first of names that differ in case and blanks only", async () => {
    const { output, clans } = await seed("name,region\nNight Owls,EU\n NIGHT OWLS ,TR\nnight owls,US\n");
    expect(clans).toMatchObject([{ name: "Night Owls", region: "EU" }]);
    expect(output).toMatch(/ 1 inserted\n +0 already existed\n +2 repeated/);
  });

  it.each([
    ["Owls,EU,2024-02-30 1:00:00", /created_at "2024-02-30 1:00:00" is no time/],
    ["Owls,EU,2024-05-11 25:00:00", /is no time/],
    ["Owls,EU,1715673600000", /is no time/],
    ["Owls,EU,2024-05-11T01:44:33+99:00", /is no time/],
    ["Owls,EU,9999-12-31T23:59:59-12:00", /is no time/],
    ["Owls,EU", /has 2 of 3 columns/],
    ["Owls,EU,1715673600,more", /has 4 columns, and the header 3/],
    ["   ,EU,1715673600", /name must not be empty/],
    [`${"x".repeat(65)},EU,1715673600`, /name must have at most 64 characters/],
  ])("has its line %j rejected with the reason, and the others kept", async (line, reason) => {
    const folder = await temporaryFolder();
    const out = join(folder, "rejects.csv");
    const content = `name,region,created_at\n${line}\nKept,EU,1715673600\n`;
    const { code, output, clans } = await seed(content, { args: ["--rejects", out] });
    expect(code).toBe(2);
    expect(output).toMatch(/ 1 inserted[\s\S]* 1 rejected/);
    expect(output).toMatch(reason);
    expect(clans).toMatchObject([{ name: "Kept" }]);
    const rejects = readFileSync(out, "utf8");
    expect(rejects).toMatch(/^line,reason,text\n2,/);
    expect(rejects).toMatch(/Owls|x{65}|EU/);
  });
});

describe("a file is refused whole, in one sentence and with exit code 1, when it", () => {
  it.each([
    ["is empty", "", /is empty/],
    ["is blank", "\ufeff \r\n\r\n", /is empty/],
    ["is not UTF-8", Buffer.from([...Buffer.from("name\nCaf"), 0xe9, 0x0a]), /is not UTF-8/],
    ["has no name column", "title,region\nOwls,EU\n", /has no name column: its header is "title,region"/],
    ["has an open quotation mark", 'name,region\n"Owls,EU\nA,B\n', /is not a table of separated values/],
  ])("%s", async (_, content, sentence) => {
    const { code, output, clans } = await seed(content);
    expect(code).toBe(1);
    expectOneSentence(output, sentence);
    expect(clans).toEqual([]);
  });

  it("is missing or a folder, or not named", async () => {
    const folder = await temporaryFolder();
    const { adminUrl } = await createTestDatabase();
    for (const [args, exitCode, sentence] of [
      [[join(folder, "nowhere.csv")], 1, /nowhere.csv can't be read: there is no such file/],
      [[folder], 1, /can't be read: it is a folder/],
      [[], 64, /Missing required argument 'file': see npm run seed-clans -- --help/],
      [["a", "b"], 64, /Too many arguments.*: see npm run seed-clans -- --help/],
    ] as const) {
      const script = runCommand("seed-clans", [...args], { DATABASE_URL: adminUrl });
      expect(await script.ended).toBe(exitCode);
      expectOneSentence(script.output(), sentence);
    }
  });
});

it("inserts nothing when the rejects can't be kept, and never writes over the file itself", async () => {
  const nowhere = await seed("name\nOwls\n", { args: ["--rejects", "/nowhere/rejects.csv"] });
  expectOneSentence(nowhere.output, /rejects.csv can't be written: .*nothing was seeded/);
  expect([nowhere.code, nowhere.clans]).toEqual([1, []]);

  const file = join(await temporaryFolder(), "clans.csv");
  writeFileSync(file, "name\nOwls\n");
  const { adminUrl } = await createTestDatabase();
  const script = runCommand("seed-clans", [file, "--rejects", file], { DATABASE_URL: adminUrl });
  expect(await script.ended).toBe(64);
  expectOneSentence(script.output(), /--rejects would overwrite/);
  expect(readFileSync(file, "utf8")).toBe("name\nOwls\n");
});

it("seeds the local platform while it runs, and while it does not", async () => {
  const folder = await folderWithCluster();
  const file = join(folder, "more.csv");
  writeFileSync(file, "name\nMore Owls\n");
  const stopped = runCommand("seed-clans", [file], { DATA_DIR: folder });
  expect(await stopped.ended).toBe(0);
  expect(stopped.output()).toMatch(/ 1 inserted/);

  const platform = runCommand("start", ["--rows", "0"], {
    DATA_DIR: folder,
    PORT: "0",
    DASHBOARD_PORT: "0",
  });
  await untilPrinted(platform, "To start over");
  expect(platform.output()).toMatch(/Clans +1 in the database/);
  const running = runCommand("seed-clans", [file], { DATA_DIR: folder });
  expect(await running.ended).toBe(0);
  expect(running.output()).toMatch(/ 1 already existed/);
  platform.child.kill("SIGTERM");
  expect(await platform.ended).toBe(0);
});
