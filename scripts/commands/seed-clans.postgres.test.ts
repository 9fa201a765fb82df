import { linkSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { connect, createTestDatabase } from "../testkit/database.ts";
import { foreignVariables } from "../testkit/foreign-variables.ts";
import { folderWithCluster } from "../testkit/new-cluster.ts";
import { expectOneSentence, temporaryFolder, untilPrinted } from "../testkit/run.ts";

const shippedFile = fileURLToPath(new URL("../data/clans.csv", import.meta.url));

/** Seeds a file with this content into a database of its own, and reads back what is there. */
async function seed(content: string | Buffer, { databaseUrl = "", args = [] as string[] } = {}) {
  const url = databaseUrl || (await createTestDatabase()).adminUrl;
  const file = join(await temporaryFolder(), "clans.csv");
  writeFileSync(file, content);
  const { code, output } = await runCommandInProcess("seed-clans", [file, ...args], { DATABASE_URL: url });
  const admin = await connect(url);
  const { rows } = await admin.query(
    'select name, region, extract(epoch from created_at)::float8 as at from clans order by name collate "C"',
  );
  return { code, output, clans: rows, url };
}

const at = (text: string) => Date.parse(text) / 1_000;

describe("the shipped file", () => {
  it("has every case, and comes out right", async () => {
    const { code, output, clans, url } = await seed(readFileSync(shippedFile));
    expect(code).toBe(2);
    expect(output).toMatch(
      / 52 lines read\n +47 inserted\n +0 already existed\n +2 repeated .*\n +3 rejected/,
    );
    expect(output).toContain(
      [
        "",
        "  Rejected:",
        "            1 name must not be empty",
        "              line 31: \tDE\t2024-05-23 1:01:01",
        "            1 the line has 2 of 3 columns",
        "              line 33: Kite Runners\tAR",
        '            1 created_at "last Tuesday" is no time: YYYY-MM-DD H:MM:SS, ISO 8601 or epoch seconds',
        "              line 46: Glass Cannons\tUS\tlast Tuesday",
        "",
        "  Changed:",
        '            2 region "15" is no code; the clan is kept without one',
        "              line 17: Lost Satellites\t15\t2024-05-17 8:08:08",
        "  All of them: lines 17, 38",
        "",
      ].join("\n"),
    );

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
    [
      "semicolons below the line that Excel wants",
      `\ufeffsep=;\r\n${quoted(";").join("\r\n").replace("\t", " ")}`,
    ],
    ["carriage returns alone", tabbed.join("\r")],
    ["every value in quotation marks", tabbed.map((line) => `"${line.replaceAll("\t", '"\t"')}"`).join("\n")],
    ["blanks around its values", tabbed.map((line) => ` ${line.replaceAll("\t", " \t ")} `).join("\n")],
    ["empty rows below the last", `${tabbed.join("\n")}\n\t\t\n\t\t\n \n`],
    ["a header in capitals", [tabbed[0]?.toUpperCase(), ...tabbed.slice(1)].join("\n")],
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

  it("by a CSV writer with tabs has names without its quotation marks; one that never quotes keeps those of names", async () => {
    const quoting = await seed('name\tregion\n"Comma, Inc"\tTR\n"Say ""hi"""\tUS\nPlain Ones\tDE\n');
    expect(quoting.clans.map(({ name }) => name)).toEqual(["Comma, Inc", "Plain Ones", 'Say "hi"']);
    const plain = await seed('name\tregion\nQuiet "Storm"\tTR\n"Storm" Riders\tUS\n"Half\tDE\n');
    expect(plain.clans.map(({ name }) => name)).toEqual(['"Half', '"Storm" Riders', 'Quiet "Storm"']);
    expect([quoting.code, plain.code]).toEqual([0, 0]);
  });

  it("has placeholders for a region or time taken as empty, and says of how many; NA is a region", async () => {
    const names = ["NULL", "\\N", "n/a", "None", "NA", "nan"];
    const lines = names.map((text, n) => `Clan ${n},${text},${n === 0 ? "NULL" : 1_715_673_600}`);
    const { code, output, clans } = await seed(["name,region,created_at", ...lines].join("\n"));
    expect(clans.map(({ region }) => region)).toEqual([null, null, null, null, "NA", null]);
    expect(Math.abs((clans[0]?.at ?? 0) - Date.now() / 1_000)).toBeLessThan(60);
    expect(output).toContain("  6 regions or times such as NULL were taken as empty.");
    expect(code).toBe(0);
  });

  it("may have a name over two lines, which is rejected as the first of them and spoils no other", async () => {
    const { code, output, clans } = await seed('name,region\n"Split\nName",TR\nFine One,US\n');
    expect([code, clans]).toEqual([2, [expect.objectContaining({ name: "Fine One" })]]);
    expect(output).toMatch(/ 2 lines read\n +1 inserted/);
    expect(output).toContain(
      [
        "            1 the line has a value with a line break (it ends in line 3)",
        '              line 2: "Split\\nName",TR',
      ].join("\n"),
    );
  });

  it("may have a quotation mark that is never closed, which spoils no other line", async () => {
    const { code, output, clans } = await seed('name,region\n"Owls,EU\nA,BB\n"C, D",EE\n');
    expect([code, clans.map(({ name }) => name)]).toEqual([2, ["A", "C, D"]]);
    expect(output).toMatch(/1 the line has a quotation mark out of place\n +line 2: "Owls,EU\n/);
  });

  it("may have times as databases export them", async () => {
    const times = [
      "2024-05-14 08:00:00 UTC",
      "2024-05-14 08:00:00+00",
      "2024-05-14 08:00:00.000000",
      "1715673600.0",
    ];
    const { clans } = await seed(
      ["name,created_at", ...times.map((time, n) => `Clan ${n},${time}`)].join("\n"),
    );
    expect(clans.map((clan) => clan.at)).toEqual(times.map(() => 1_715_673_600));
  });

  it("has its rejected lines grouped by reason, with the numbers of all and the first one of each", async () => {
    const lines = ["Owls,EU,x", "A,B,1715673600", ",EU,", "Wolves,EU,y", "Foxes,EU,z"];
    const { code, output } = await seed(["name,region,created_at", ...lines].join("\n"));
    expect(code).toBe(2);
    expect(output).toContain(
      [
        '            3 created_at "x" is no time: YYYY-MM-DD H:MM:SS, ISO 8601 or epoch seconds',
        "              line 2: Owls,EU,x",
        "            1 name must not be empty",
        "              line 4: ,EU,",
        "  All of them: lines 2, 4, 5, 6",
        "",
      ].join("\n"),
    );
  });

  it.each([
    ["name,region", ""],
    ["name,region", "\ufeff"],
    ['"Name","Region"', "\ufeff"],
  ])(
    "may be two exports, the second with its header %j after %j, which is rejected",
    async (header, mark) => {
      const { code, output, clans } = await seed(`${header}\nA,EU\n${mark}${header}\nB,EU\n`);
      expect([code, clans.map(({ name }) => name)]).toEqual([2, ["A", "B"]]);
      expect(output).toMatch(/ 1 the line repeats the header\n +line 3: /);
    },
  );

  it("keeps the first of names that differ in case and blanks only", async () => {
    const { output, clans } = await seed("name,region\nNight Owls,EU\n NIGHT OWLS ,TR\nnight owls,US\n");
    expect(clans).toMatchObject([{ name: "Night Owls", region: "EU" }]);
    expect(output).toMatch(/ 1 inserted\n +0 already existed\n +2 repeated/);
  });

  it.each([
    ["Owls,EU,2024-02-30 1:00:00", /created_at "2024-02-30 1:00:00" is no time/],
    ["Owls,EU,2024-05-11 25:00:00", /is no time/],
    ["Owls,EU,1715673600000", /is no time/],
    ["Owls,EU,45356", /created_at "45356" is too small for epoch seconds, maybe a spreadsheet's day/],
    ["Owls,EU,45356.5", /is too small for epoch seconds/],
    ["Owls,EU,20240305", /is too small for epoch seconds/],
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
    [
      "is not UTF-8",
      Buffer.from("name\r\nOwls\r\n\r\nCaf\u00e9\r\n", "latin1"),
      /is not UTF-8 \(line 4\): save it as UTF-8/,
    ],
    ["has no name column", "title,region\nOwls,EU\n", /has no name column: its header is "title,region"/],
    [
      "has a column twice",
      "Name,name,region\nA One,B Two,TR\n",
      /has more than one name column: its header is/,
    ],
    ["is UTF-16", Buffer.from("\ufeffname\tregion\nOwls\tEU\n", "utf16le"), /is UTF-16, .* save it as UTF-8/],
    ["is UTF-16 without a mark", Buffer.from("name\nOwls\n", "utf16le"), /is UTF-16, .* save it as UTF-8/],
    ["is a workbook", "PK\u0003\u0004", /is a workbook or a zip: save it as CSV UTF-8/],
    ["is gzip", gzipSync("name\nOwls\n"), /is gzip: unpack it/],
    [
      "has a line of 70 KB",
      `name\nOwls\n${"x".repeat(70_000)}\n`,
      /Line 3 is longer than 64 KiB; nothing was seeded\./,
    ],
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
      [["a", "b"], 64, /seed-clans takes 1 argument, not .*: see npm run seed-clans -- --help/],
    ] as const) {
      const { code, output } = await runCommandInProcess("seed-clans", [...args], { DATABASE_URL: adminUrl });
      expect(code).toBe(exitCode);
      expectOneSentence(output, sentence);
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
  for (const [name, link] of [
    ["symbolic", symlinkSync],
    ["hard", linkSync],
  ] as const) {
    const alias = join(dirname(file), name);
    link(file, alias);
    const aliased = await runCommandInProcess("seed-clans", [file, "--rejects", alias], {
      DATABASE_URL: adminUrl,
    });
    expect(aliased.code, name).toBe(64);
    expectOneSentence(aliased.output, /--rejects would overwrite/);
    expect(readFileSync(file, "utf8")).toBe("name\nOwls\n");
  }
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

it("connects as DATABASE_URL says, or to the embedded PostgreSQL, whatever variables of PostgreSQL are set for other servers", async () => {
  const { adminUrl } = await createTestDatabase();
  const file = join(await temporaryFolder(), "clans.csv");
  writeFileSync(file, "name\nOwls\n");
  const embedded = { DATA_DIR: await folderWithCluster() };
  for (const database of [{ DATABASE_URL: adminUrl }, embedded]) {
    const script = runCommand("seed-clans", [file], { ...foreignVariables, ...database });
    expect([await script.ended, script.output()]).toEqual([0, expect.stringMatching(/ 1 inserted/)]);
  }
});
