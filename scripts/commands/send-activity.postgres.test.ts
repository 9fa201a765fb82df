import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it, onTestFinished } from "vitest";
import { activity, csvHeader, toCsv, toNdjson } from "../testkit/activity.ts";
import { listen, startTestApp } from "../testkit/app.ts";
import { runCommand } from "../testkit/command.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { connect } from "../testkit/database.ts";
import { type Fault, startFaultyProxy } from "../testkit/faulty-proxy.ts";
import { expectOneSentence, temporaryFolder } from "../testkit/run.ts";

const send = (args: string[], environment: NodeJS.ProcessEnv = {}) =>
  runCommandInProcess("send-activity", args, environment);

async function startService(environment: NodeJS.ProcessEnv = {}) {
  const { app, database } = await startTestApp(environment);
  const admin = await connect(database.adminUrl);
  const count = async () =>
    (await admin.query("select count(*)::int as rows from user_activity")).rows[0].rows;
  return { url: await listen(app), count, admin };
}

async function write(name: string, content: string | Buffer): Promise<string> {
  const path = join(await temporaryFolder(), name);
  writeFileSync(path, content);
  return path;
}

const players = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => activity({ user_id: `player-${from + n}` }));

/** Enough for three pieces: the ids are as long as they may be, from the tenth on. */
const manyRows = players(0, 100_010).map((row, n) =>
  n < 10 ? row : { ...row, user_id: `player-${n}-`.padEnd(128, "x") },
);

it("sends csv, csv.gz and ndjson parts, and again without counting twice", async () => {
  const { url, count } = await startService();
  const paths = [
    await write("a.csv", toCsv(players(0, 1_000))),
    await write("b.csv.gz", gzipSync(toCsv(players(1_000, 2_000)))),
    await write("c.ndjson", toNdjson(players(2_000, 3_000))),
  ];
  for (const what of ["inserted", "already stored, unchanged"]) {
    const script = await send([...paths, "--url", url]);
    expect(script.code).toBe(0);
    expect(script.output.match(new RegExp(` 1,000 ${what}`, "g"))).toHaveLength(3);
    expect(await count()).toBe(3_000);
  }
});

it("cuts a large file into pieces, and reports rejected lines by their number in the file", async () => {
  const { url, count } = await startService();
  const lines = toCsv(manyRows.slice(0, 55_000)).split("\n");
  lines[50_000] = "broken";
  const path = await write("many.csv.gz", gzipSync(lines.join("\n")));
  const script = await send([path, "--url", url]);
  expect(script.code).toBe(2);
  expect(script.output).toMatch(/ 55,000 rows read\n.* 54,999 inserted/);
  expect(script.output).toContain(
    "            1 the line has 1 columns, and the header 14\n              line 50001: broken\n",
  );
  expect(await count()).toBe(54_999);
}, 300_000);

it("groups rejected lines by reason over all pieces, with their numbers and the first line in the file", async () => {
  const { url, count } = await startService();
  const lines = toCsv(manyRows).trimEnd().split("\n");
  const spoil = (at: number, platform: string) => {
    lines[at] = lines[at]?.replace("ANDROID", platform) ?? "";
  };
  for (const at of [7, 50_000, 100_004]) spoil(at, "WEB");
  for (const at of [100_005, 100_006]) lines[at] = "broken";
  const path = await write("many.csv", `\ufeffsep=,\r\n\r\n${lines.join("\r\n")}\r\n`);
  const script = await send([path, "--url", url]);
  expect(script.code).toBe(2);
  expect(script.output).toContain(
    [
      "            5 rejected",
      "",
      "  Rejected:",
      "            3 platform must be ANDROID or IOS",
      "              line 10: player-6,2024-03-05,WEB,2024-03-01,TR,3,812.5,5,4,…",
      "            2 the line has 1 columns, and the header 14",
      "              line 100008: broken",
      "  All of them: lines 10, 50003, 100007, 100008, 100009",
      "",
    ].join("\n"),
  );
  expect(await count()).toBe(100_005);
}, 300_000);

it("reports all rejected lines of a file of which most are, and sends the others", async () => {
  const { url, count } = await startService();
  const rows = players(0, 12_000).map((row, n) => (n < 11_000 ? { ...row, platform: "WEB" } : row));
  const script = await send([await write("a.csv", toCsv(rows)), "--url", url]);
  expect(script.code).toBe(2);
  expect(script.output).toContain("       11,000 platform must be ANDROID or IOS\n");
  expect(await count()).toBe(1_000);
});

it("takes a folder of parts of every kind, whatever their names say of it, and names what it passes over", async () => {
  const { url, count } = await startService();
  const folder = await temporaryFolder();
  const semicolons = toCsv(players(0, 10)).replaceAll(",", ";");
  const parts: [name: string, content: string | Buffer][] = [
    ["a.tsv", toCsv(players(0, 10)).replaceAll(",", "\t")],
    ["b.txt.gz", gzipSync(`sep=;\n${semicolons}`)],
    ["c.json", toNdjson(players(20, 30))],
    ["d.jsonl.gz", gzipSync(toNdjson(players(30, 40)))],
    ["e-unpacked-by-a-browser.csv.gz", toCsv(players(40, 50))],
    ["f-packed.csv", gzipSync(toCsv(players(50, 60)))],
    ["g-rows-of-json.csv", toNdjson(players(60, 70))],
    ["h-table.ndjson", toCsv(players(70, 80))],
  ];
  const others = ["_SUCCESS", ".DS_Store", "._a.csv", "notes.md"];
  for (const [name, content] of parts) writeFileSync(join(folder, name), content);
  for (const name of others) writeFileSync(join(folder, name), "x");
  const script = await send([folder, "--url", url]);
  expect([script.code, script.output.match(/ 10 rows read/g)?.length]).toEqual([0, 8]);
  for (const name of others) expect(script.output).toMatch(new RegExp(`Passed over: .*/${name}\\b`));
  expect(await count()).toBe(70);
});

it("says which columns it ignored, and how many countries were placeholders, once for all pieces", async () => {
  const { url } = await startService();
  const rows = Array.from({ length: 200_010 }, (_, n) =>
    activity({ user_id: `player-${n}`, country: n % 100_000 === 5 ? "NULL" : "TR" }),
  );
  const content = toCsv(rows).replaceAll("\n", ",1.2\n").replace(",1.2", ",app_version");
  const script = await send([await write("a.csv", content), "--url", url]);
  expect(script.code).toBe(0);
  expect(script.output).toContain('Ignored, because they are no columns of the table: "app_version".\n');
  expect(script.output).toContain("3 rows have a placeholder such as NULL for a country");
}, 300_000);

it("sends nothing of a small gzip file with a damaged member, which unpacks without an error", async () => {
  const { url, count } = await startService();
  const members = [gzipSync(toCsv(players(0, 5))), gzipSync(toNdjson(players(5, 9))).fill(0, 0, 12)];
  const script = await send([await write("zeroed.csv.gz", Buffer.concat(members)), "--url", url]);
  expect(script.code).toBe(1);
  expectOneSentence(script.output, /zeroed\.csv\.gz: it is damaged or cut off\. 0 rows are acknowledged/);
  expect(await count()).toBe(0);
});

it("retries after 503, 429, a broken connection and a lost response, and counts each row once", async () => {
  const { url, count } = await startService();
  const faults: Fault[] = [
    (response) => response.writeHead(503, { "retry-after": "1" }).end(),
    (response) => response.writeHead(429).end(),
    (response) => response.socket?.destroy(),
    "lose the answer",
  ];
  const { baseUrl } = await startFaultyProxy(url, faults);
  const path = await write("a.csv", toCsv(players(0, 500)));
  const script = await send([path, "--url", baseUrl]);
  expect(script.code).toBe(0);
  expect(faults).toEqual([]);
  expect(script.output).toMatch(
    /503; retrying in 1 s, at \d\d:\d\d:\d\d\n.*429; retrying.*\n.*can't be reached.*\n.*can't be reached/,
  );
  expect(script.output).toContain("500 inserted");
  expect(await count()).toBe(500);
}, 300_000);

it("says in its bar until when it waits, within 80 columns", async () => {
  const faults = [503];
  const front = createServer((incoming, response) => {
    const status = faults.shift() ?? 400;
    incoming.resume().once("end", () => response.writeHead(status, { "retry-after": "3" }).end());
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void front.close());
  const terminal = "process.stderr.isTTY = true; process.stderr.columns = 80";
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  const script = runCommand("send-activity", [await write("a.csv", toCsv(players(0, 5))), "--url", url], {
    NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(terminal)}`,
  });
  expect(await script.ended).toBe(1);
  expect(script.output()).toMatch(/ 0 rows {3}retrying at \d\d:\d\d:\d\d: 503/);
});

it("can be interrupted and run again", async () => {
  const { url, count, admin } = await startService();
  const path = await write("many.csv", toCsv(manyRows));
  const interrupted = runCommand("send-activity", [path, "--url", url]);
  await expect.poll(count, { timeout: 30_000 }).toBeGreaterThan(0);
  interrupted.child.kill("SIGINT");
  expect(await interrupted.ended).toBe(130);
  const [, acknowledged = ""] =
    /Interrupted\. ([\d,]+) rows are acknowledged and stay/.exec(interrupted.output()) ?? [];
  expect(Number(acknowledged.replaceAll(",", ""))).toBeLessThan(100_010);
  expect((await send([path, "--url", url])).code).toBe(0);
  expect(await count()).toBe(100_010);
  const { rows } = await admin.query("select sum(iap_revenue)::text as revenue from user_activity");
  expect(rows).toEqual([{ revenue: "499049.90" }]);
}, 300_000);

it("sends the key, and says when it is refused", async () => {
  const { url, count } = await startService({
    API_KEYS: createHash("sha256").update("secret").digest("hex"),
  });
  const path = await write("a.csv", toCsv(players(0, 5)));
  const refused = await send([path, "--url", url]);
  expect(refused.code).toBe(1);
  expectOneSentence(refused.output, /lines 2 to 6: the service rejected it: 401 This needs an API key/);
  expect((await send([path, "--url", url, "--key", "secret"])).code).toBe(0);
  expect((await send([path, "--url", url], { CLAN_API_KEY: "secret" })).code).toBe(0);
  expect(await count()).toBe(5);
});

it.each([
  [
    302,
    { location: "https://clans.example.com/" },
    /respond as the clan service does \(302 redirects to https:/,
  ],
  [200, { "content-type": "text/html" }, /respond as the clan service does \(200 answers text\/html/],
  [403, { "content-type": "text/html" }, /rejected it: 403 <h1>Welcome<\/h1>/],
])("says that something else than the service answered: %d", async (status, headers, message) => {
  const other = createServer((incoming, response) => {
    incoming.resume().once("end", () => response.writeHead(status, headers).end("<h1>Welcome</h1>"));
  });
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const path = await write("a.csv", toCsv(players(0, 5)));
  const script = await send([path, "--url", `http://127.0.0.1:${(other.address() as AddressInfo).port}`]);
  expect(script.code).toBe(1);
  expectOneSentence(script.output, message);
});

it("reports what was rejected before something else failed", async () => {
  const { url } = await startService();
  const good = await write("a.csv", `${toCsv(players(0, 3))}broken\n`);
  const cut = await write("b.csv.gz", gzipSync(toCsv(players(3, 50))).subarray(0, -8));
  const script = await send([good, cut, "--url", url]);
  expect(script.code).toBe(1);
  expect(script.output).toContain(
    "            1 the line has 1 columns, and the header 14\n              line 5: broken\n",
  );
  expect(script.output).toContain("3 rows are acknowledged and stay");
});

it("takes blank lines wherever they are, and skips pieces that have nothing else", async () => {
  const { url, count } = await startService();
  const blanks = "\n".repeat(1_200_000);
  const table = toCsv(players(0, 10));
  const paths = [
    await write("a.csv", `\n\n${table}${blanks}`),
    await write("b.ndjson", `${toNdjson(players(10, 20))}${blanks}${toNdjson(players(20, 30))}`),
    await write("c.csv", `${csvHeader}\n`),
  ];
  const script = await send([...paths, "--url", url]);
  expect(script.code).toBe(0);
  expect(script.output.match(/ (\d+) rows read/g)).toEqual([
    " 10 rows read",
    " 20 rows read",
    " 0 rows read",
  ]);
  expect(await count()).toBe(30);
});

it("takes the header of every piece from below lines of blanks and byte order marks", async () => {
  const { url, count } = await startService();
  const path = await write("a.csv", `\ufeff\n \t\r\n${toCsv(manyRows)}`);
  const script = await send([path, "--url", url]);
  expect(script.code).toBe(0);
  expect(script.output).toContain("100,010 rows read");
  expect(await count()).toBe(100_010);
}, 300_000);

it("says how far it came when a file is cut off", async () => {
  const { url, count } = await startService();
  const packed = gzipSync(toCsv(manyRows));
  const path = await write("cut.csv.gz", packed.subarray(0, packed.length / 2));
  const script = await send([path, "--url", url]);
  expect(script.code).toBe(1);
  expectOneSentence(
    script.output,
    /cut\.csv\.gz: it is damaged or cut off somewhere after line \d+\. [\d,]+ rows are acknowledged/,
  );
  const [, acknowledged = ""] = /([\d,]+) rows are acknowledged/.exec(script.output) ?? [];
  expect(await count()).toBe(Number(acknowledged.replaceAll(",", "")));
}, 300_000);

it("sends nothing of a last piece that ends within a line, and names the line", async () => {
  const { url, count } = await startService();
  const [, first = "", second = ""] = toCsv(players(0, 2)).split("\n");
  const cut = `${csvHeader}\n${first}\n${second.slice(0, -2)}`;
  const script = await send([await write("cut.csv.gz", gzipSync(cut)), "--url", url]);
  expect(script.code).toBe(1);
  expectOneSentence(
    script.output,
    /cut\.csv\.gz: it ends within its last line \(line 3\) as if it were cut off: .*\. 0 rows are acknowledged/,
  );
  expect(await count()).toBe(0);
});

it.each([
  ["nothing", [], 64, /Missing required argument 'path'/],
  ["an unknown option", ["a.csv", "--speed", "9"], 64, /Unknown option '--speed': see npm run send-activity/],
  ["no URL", ["a.csv", "--url", "localhost"], 64, /--url must be like/],
  ["a URL with a user", ["a.csv", "--url", "http://a:b@localhost"], 64, /--url must be without user/],
  [
    "a port that fetch never connects to",
    ["/nowhere/a.csv", "--url", "http://localhost:6000"],
    64,
    /refuse to connect to port 6000; let the service/,
  ],
  ["an invalid key", ["a.csv", "--key", "k€y"], 64, /the API key has characters/],
  [
    "a missing file",
    ["/nowhere/a.csv"],
    1,
    /\/nowhere\/a\.csv can't be read: there is no such file or folder; nothing was done/,
  ],
])("refuses %s in one sentence", async (_, args, exitCode, sentence) => {
  const script = await send(args);
  expect(script.code).toBe(exitCode);
  expectOneSentence(script.output, sentence);
});

it.each([
  ["an empty file", "a.csv", "", /a\.csv is empty; none of it was loaded/],
  [
    "a file with another header",
    "a.csv",
    "id,day\n1,2\n",
    /a\.csv can't be read\. The first line is "id,day" and must name the columns/,
  ],
  [
    "gzip that is damaged",
    "a.csv",
    Buffer.concat([gzipSync("").subarray(0, 10), Buffer.alloc(20, 0xff)]),
    /a\.csv is damaged or cut off \(gzip\); nothing was sent/,
  ],
  ["another kind of file", "a.xlsx", "PK", /a\.xlsx is no file of activity: .*; nothing was done/],
  ["Parquet", "a.csv", "PAR1\u0015\u0004", /a\.csv is Parquet, .*: load it with npm run load-raw/],
  ["UTF-16", "a.csv", Buffer.from(`\ufeff${csvHeader}\n`, "utf16le"), /a\.csv is UTF-16: save it as UTF-8/],
  [
    "a file that is cut off within its last line",
    "a.csv",
    toCsv(players(5, 8)).slice(0, -3),
    /a\.csv ends within its last line \(line 4\) as if it were cut off: end it with a line feed .*; nothing was sent/,
  ],
  [
    "NDJSON that is cut off",
    "a.ndjson",
    toNdjson(players(5, 8)).slice(0, -3),
    /within its last line \(line 3\)/,
  ],
  ["a JSON array", "a.json", "[{}]\n", /a\.json is a JSON array: write one object per line/],
])("looks at every file before it sends one: %s", async (_, name, content, sentence) => {
  const { url, count } = await startService();
  const good = await write("good.csv", toCsv(players(0, 5)));
  const script = await send([good, await write(name, content), "--url", url]);
  expect(script.code).toBe(1);
  expectOneSentence(script.output, sentence);
  expect(await count()).toBe(0);
});
