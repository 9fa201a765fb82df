import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { yesterday } from "@clan-platform/warehouse/days.ts";
import { shareOfFirstFill } from "@clan-platform/warehouse/engines/duckdb/first-fill.ts";
import { beforeAll, describe, expect, inject, it, onTestFinished } from "vitest";
import { serverPid } from "../local/postgres/running-cluster.ts";
import { toCsv } from "../testkit/activity.ts";
import { get, post, startTestApp } from "../testkit/app.ts";
import { runCommand } from "../testkit/command.ts";
import { runCommandInProcess } from "../testkit/command-in-process.ts";
import { connect, createTestDatabase, waitingForLock } from "../testkit/database.ts";
import { folderWithCluster } from "../testkit/new-cluster.ts";
import { activityRows, writePart } from "../testkit/parts.ts";
import { type RunningPlatform, start, stop } from "../testkit/platform.ts";
import { expectOneSentence, temporaryFolder, untilPrinted } from "../testkit/run.ts";

const anyPort = { PORT: "0", DASHBOARD_PORT: "0" };

async function clanNames(api: string): Promise<string[]> {
  const { clans } = (await (await fetch(`${api}/clans?page_size=1000`)).json()) as {
    clans: { name: string }[];
  };
  return clans.map(({ name }) => name);
}

async function createClan(api: string, name: string): Promise<number> {
  const headers = { "content-type": "application/json" };
  return (await fetch(`${api}/clans`, { method: "POST", headers, body: JSON.stringify({ name }) })).status;
}

const clansSeeded = ({ output }: RunningPlatform) => Number(/ in (\d+) synthetic clans/.exec(output())?.[1]);

const terminal = "process.stderr.isTTY = true; process.stderr.columns = 200";
const onTerminal = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(terminal)}` };
const withUmask = (umask: string) => `--import data:text/javascript,process.umask(${umask})`;

/** What the bar of a fill showed in the end. */
const lastBar = (output: string) => [...output.matchAll(/Warehouse {4}[=-]+ (\d+ % {3}[\w ]+)/g)].at(-1)?.[1];

const shippedFile = fileURLToPath(new URL("../data/clans.csv", import.meta.url));
const postgresRuns = (folder: string) => existsSync(join(folder, "postgres/data/postmaster.pid"));

describe("npm start", () => {
  it("starts everything from nothing, keeps the data, and starts over with --fresh, whatever umask, time zone and path", async () => {
    const folder = join(await temporaryFolder(), "it's a (data) folder, ä龍");
    const first = await start(folder, ["--rows", "2000"], {
      TZ: "Pacific/Kiritimati",
      NODE_OPTIONS: `${onTerminal.NODE_OPTIONS} ${withUmask("0o77")}`,
    });
    // The warehouse is filled in one bar.
    expect(lastBar(first.output())).toMatch(/^\d\d % {3}checking/);
    expect(first.output()).toMatch(
      new RegExp(
        `Warehouse +2,000 raw rows, [\\d,]+ of daily_metrics, [\\d,]+ of active_users, [\\d,]+ of cohort_metrics, \\S+ to ${yesterday()}; \\d+ of 31 checks ok(, [12] warn)?\n`,
      ),
    );
    expect(first.output()).toMatch(
      /47 seeded from scripts\/data\/clans.csv \(3 lines rejected, 2 repeated\)/,
    );
    await untilPrinted(first, "synthetic clans (");
    expect(await clanNames(first.api)).toHaveLength(47 + clansSeeded(first));
    expect((await fetch(`${first.api}/docs`)).status).toBe(200);
    expect(await createClan(first.api, "Late Arrivals")).toBe(201);
    // Other commands can use it while it runs.
    const validate = runCommand("validate", [], { DATA_DIR: folder });
    expect(await validate.ended).toBe(0);
    expect(validate.output()).toContain("2,000 raw rows");
    const { code, elapsed } = await stop(first, "SIGINT");
    expect([code, postgresRuns(folder)]).toEqual([0, false]);
    expect(elapsed).toBeLessThan(10_000);

    const elsewhere = { TZ: "America/St_Johns", NODE_OPTIONS: withUmask("0") };
    const second = await start(folder, ["--rows", "500"], elsewhere);
    expect(await clanNames(second.api)).toContain("Late Arrivals");
    expect(second.output()).toMatch(new RegExp(`Warehouse +2,000 raw rows, .* to ${yesterday()}\n`));
    expect((await stop(second)).code).toBe(0);

    // The data folder may be one with a folder `warehouse` of the user's own.
    const foreign = join(folder, "warehouse", "notes.txt");
    writeFileSync(foreign, "mine");
    const third = await start(folder, ["--fresh", "--rows", "50"], elsewhere);
    expect(third.output()).toMatch(/Warehouse +50 raw rows/);
    await untilPrinted(third, "synthetic clans (");
    const names = await clanNames(third.api);
    expect([names.length, names.includes("Late Arrivals")]).toEqual([47 + clansSeeded(third), false]);
    expect((await stop(third)).code).toBe(0);
    expect(readFileSync(foreign, "utf8")).toBe("mine");
  }, 300_000);

  it("serves where nothing resolves localhost", async () => {
    const unresolved = `
      import dns, { promises } from "node:dns";
      import { syncBuiltinESMExports } from "node:module";
      const missing = () => Object.assign(new Error("getaddrinfo ENOTFOUND localhost"), { code: "ENOTFOUND", syscall: "getaddrinfo" });
      const { lookup } = dns, { lookup: lookupLater } = promises;
      dns.lookup = (name, ...rest) => name === "localhost" ? rest.at(-1)(missing()) : lookup(name, ...rest);
      promises.lookup = async (name, ...rest) => { if (name === "localhost") throw missing(); return lookupLater(name, ...rest); };
      syncBuiltinESMExports();`;
    const hook = `--import data:text/javascript,${encodeURIComponent(unresolved)}`;
    const folder = await folderWithCluster();
    const platform = await start(folder, [], { NODE_OPTIONS: hook });
    const at = (url: string) => url.replace("localhost", "127.0.0.1");
    expect((await fetch(at(`${platform.api}/clans`))).status).toBe(200);
    expect((await fetch(at(platform.dashboard))).status).toBe(200);
    const file = join(folder, "a.csv");
    writeFileSync(file, toCsv(activityRows(1, ["2024-03-05"])));
    const sending = runCommand("send-activity", [file], {
      PORT: new URL(platform.api).port,
      NODE_OPTIONS: hook,
    });
    expect([await sending.ended, sending.output()]).toEqual([0, expect.stringContaining(" inserted")]);
  });

  it("uses the database of DATABASE_URL and starts none, and needs no superuser: a login that may create roles, and owns the database", async () => {
    const { adminUrl } = await createTestDatabase({ template: "template0" });
    const admin = await connect(inject("postgresUrl"));
    const name = new URL(adminUrl).pathname.slice(1);
    await admin.query(`create role ${name} login createrole password 'x'`);
    await admin.query(`alter database ${name} owner to ${name}`);
    // As where this is the first database of the server: the login made the roles itself.
    await admin.query(`grant clan_app, clan_reader to ${name} with admin option, set false, inherit false`);
    const url = new URL(adminUrl);
    url.username = name;
    url.password = "x";
    const folder = join(await temporaryFolder(), "data");
    const platform = await start(folder, [], { DATABASE_URL: url.href });
    expect(await clanNames(platform.api)).toHaveLength(47);
    expect(platform.output()).not.toContain(url.href);
    const [, warehouse = ""] = /any SQL on\n +(.*)\n/.exec(platform.output()) ?? [];
    expect(resolve(warehouse)).toBe(join(folder, "warehouse/warehouse.duckdb"));
    expect(existsSync(warehouse)).toBe(true);
    expect(platform.output()).not.toContain("--fresh");
    expect(existsSync(join(folder, "postgres"))).toBe(false);
  });

  it("announces the API and the dashboard as they answer, while the warehouse is being filled, and stops then on Ctrl-C", async () => {
    const folder = await folderWithCluster();
    const platform = runCommand("start", ["--rows", "500000"], { ...anyPort, DATA_DIR: folder });
    await untilPrinted(platform, "  API ");
    const api = /API +(http:\S+)\/clans/.exec(platform.output())?.[1] ?? "";
    expect((await fetch(`${api}/health/live`)).status).toBe(200);
    expect(platform.output()).not.toContain("Warehouse");
    await untilPrinted(platform, "  Dashboard ");
    const dashboard = /Dashboard +(http:\S+)/.exec(platform.output())?.[1] ?? "";
    expect((await fetch(dashboard)).status).toBe(200);
    const days = async () => (await fetch(`${dashboard}/api/days`)).json();
    await expect
      .poll(days, { timeout: 30_000 })
      .toMatchObject({ reason: "WAREHOUSE_FILLING", share_done: expect.any(Number) });
    expect(platform.output()).not.toContain("Warehouse");
    const { code } = await stop(platform, "SIGINT");
    expect([code, postgresRuns(folder)]).toEqual([0, false]);
    expect(platform.output()).toContain("Stopped.");
    expect(platform.output()).not.toContain("could not");
  }, 300_000);

  it("lets the synthetic players join clans beside the fill, at the next start if that was interrupted, and syncs them", async () => {
    const { app, database } = await startTestApp();
    const environment = { DATABASE_URL: database.adminUrl };
    const folder = join(await temporaryFolder(), "data");
    const countMembers = async () => {
      const { clans } = (await get(app, "/clans?sort=members&page_size=1000")).body;
      return clans.reduce((sum: number, clan: { member_count: number }) => sum + clan.member_count, 0);
    };
    const admin = await connect(database.adminUrl);
    // The seeding waits for it in the middle of its work.
    await admin.query("begin; lock table clan_membership_periods in share mode");
    const first = await start(folder, ["--rows", "5000"], environment);
    await untilPrinted(first, "Members      being seeded in the background");
    await expect.poll(() => waitingForLock(admin)).toHaveLength(1);
    expect(await countMembers()).toBe(0);
    expect((await stop(first)).code).toBe(0);
    await admin.query("rollback");

    const second = await start(folder, ["--every", "60"], environment);
    await untilPrinted(second, "Synced");
    const [, members] = /Members +([\d,]+) in \d+ synthetic clans \([\d.]+ s\)/.exec(second.output()) ?? [];
    expect(Number(members)).toBeGreaterThan(100);
    expect(await countMembers()).toBe(Number(members));
    const [, memberships] = /Synced .* ([\d,]+) memberships/.exec(second.output()) ?? [];
    expect(Number(memberships)).toBeGreaterThanOrEqual(Number(members));
    expect((await stop(second)).code).toBe(0);

    const third = await start(folder, [], environment);
    expect(await countMembers()).toBe(Number(members));
    expect(third.output()).not.toContain("Members");
    expect((await stop(third)).code).toBe(0);
  });

  it("leaves the clans of a database of DATABASE_URL alone that has some, and lets nobody join them", async () => {
    const { app, database } = await startTestApp();
    await post(app, "/clans", { name: "Ours", leader_user_id: "ana" });
    const folder = join(await temporaryFolder(), "data");
    const platform = await start(folder, ["--rows", "1000"], { DATABASE_URL: database.adminUrl });
    await untilPrinted(platform, "none seeded, because the database at DATABASE_URL has some");
    expect(await clanNames(platform.api)).toEqual(["Ours"]);
    expect((await stop(platform)).code).toBe(0);
    const again = await start(folder, [], { DATABASE_URL: database.adminUrl });
    expect(again.output()).not.toContain("Members");
  });

  it("killed while it fills the warehouse, it goes on at the next start", async () => {
    const folder = await folderWithCluster();
    const first = runCommand("start", ["--rows", "20000"], { ...anyPort, DATA_DIR: folder });
    await untilPrinted(first, "Clans");
    const isFilling = () => {
      const folders = existsSync(join(folder, "warehouse")) ? readdirSync(join(folder, "warehouse")) : [];
      return folders.some((name) => name.startsWith("first-fill"));
    };
    await expect.poll(isFilling, { timeout: 30_000, interval: 20 }).toBe(true);
    first.child.kill("SIGKILL");
    await first.ended;
    const second = await start(folder, ["--rows", "7"]);
    expect(second.output()).toMatch(/Warehouse +20,000 raw rows/);
    await untilPrinted(second, " synthetic clans (");
    expect(second.output().match(/Members /g)).toHaveLength(2);
  }, 300_000);

  it("goes on with an interrupted fill whose players are in clans already", async () => {
    const folder = await folderWithCluster();
    // What is left of such a start: the folder of the fill, and no note of members to seed.
    mkdirSync(join(folder, "warehouse", "first-fill-1000-2026-06-30"), { recursive: true });
    const platform = await start(folder, ["--rows", "7"]);
    expect(platform.output()).toMatch(/Warehouse +1,000 raw rows, .* to 2026-06-30/);
    expect(platform.output()).not.toContain("Members");
  }, 300_000);

  it("begins a fill that version 0.2.0 has interrupted from its start, unless some of its rows are loaded", async () => {
    const folder = await folderWithCluster();
    const parts = join(folder, "warehouse", "first-fill-1000-2026-06-30");
    // What that version leaves: packed parts of other players, and a file that it was unpacking.
    const leave = () => {
      mkdirSync(parts, { recursive: true });
      writePart(parts, "2026-06-29.csv.gz", activityRows(3, ["2026-06-29"]));
      writePart(parts, "part.csv", activityRows(3, ["2026-06-29"]));
    };
    leave();
    const platform = await start(folder, ["--rows", "7"]);
    expect(platform.output()).toMatch(/Warehouse +1,000 raw rows, .* to 2026-06-30/);
    await untilPrinted(platform, "synthetic clans (");
    expect(existsSync(parts)).toBe(false);
    await stop(platform);
    leave();
    await refuses(
      folder,
      [],
      /older version has filled a part of the warehouse.*: delete warehouse\.duckdb\* and first-fill-\* in .*warehouse, and start again/,
    );
    expect(existsSync(parts)).toBe(true);
  }, 300_000);

  it("fills the warehouse with files, says what it rejected, skips them later, and adds others", async () => {
    const folder = await folderWithCluster();
    const parts = join(folder, "parts");
    mkdirSync(parts);
    writePart(parts, "a.csv.gz", activityRows(100, ["2024-03-05", "2024-03-06"]));
    writePart(parts, "b.csv", [
      ...activityRows(10, ["2024-03-09"]),
      { ...activityRows(1, ["2024-03-09"])[0], platform: "WEB" },
    ]);
    const first = await start(folder, ["--raw", parts], onTerminal);
    expect(lastBar(first.output())).toMatch(/^\d\d % {3}checking/);
    expect(first.output()).toMatch(
      /Warehouse +210 raw rows, \d+ of daily_metrics, \d+ of active_users, \d+ of cohort_metrics, 2024-03-05 to 2024-03-09; \d+ of 31 checks ok/,
    );
    expect(first.output()).toMatch(/REJECTED +1 of 211 rows; see clan_case_raw.user_daily_metrics_rejected/);
    expect(await runCommandInProcess("validate", [], { DATA_DIR: folder })).toEqual({
      code: 0,
      output: expect.stringContaining("210 raw rows"),
    });
    await stop(first);
    rmSync(join(parts, "b.csv"));
    writePart(parts, "c.csv", activityRows(5, ["2024-03-10"]));
    const second = await start(folder, ["--raw", parts]);
    expect(second.output()).toMatch(
      /Warehouse +215 raw rows, \d+ of daily_metrics, \d+ of active_users, \d+ of cohort_metrics, 2024-03-05 to 2024-03-10/,
    );
    expect(second.output()).not.toContain("REJECTED");
    await stop(second);
    expect((await start(folder)).output()).toMatch(/Warehouse +215 raw rows/);
  }, 300_000);

  it("says of files what load-raw says, and loads mostly rejected ones with --allow-rejects alone, also at the next start", async () => {
    const folder = await temporaryFolder();
    const parts = join(folder, "parts");
    mkdirSync(parts);
    const [header, ...lines] = toCsv(activityRows(4, ["2024-03-05"]))
      .trimEnd()
      .split("\n");
    const columns = [
      `${header},app_version`,
      ...lines.map((line, n) => `${n === 0 ? line.replace(/,[A-Z]{2},/, ",NULL,") : line},1.2`),
      ...["x", "y", "z", "u", "v"],
    ];
    writePart(parts, "a.csv", `${columns.join("\n")}\n`);
    writeFileSync(join(parts, "_SUCCESS"), "");
    await refuses(folder, ["--raw", parts], /a\.csv breaks the contract in 5 of 9 lines/);
    const note = join(folder, "warehouse", "loading-raw.json");
    // Refused is not interrupted: the next start does without these files.
    expect(existsSync(note)).toBe(false);
    // As an interrupted start leaves it.
    writeFileSync(note, JSON.stringify({ paths: [parts], allowRejects: true }));
    const platform = await start(folder);
    for (const line of [
      `  Passed over: ${join(parts, "_SUCCESS")}\n`,
      "            1 part\n            9 rows read\n            4 loaded\n",
      `  ${join(parts, "a.csv")}: 5 rejected\n            5 the line has 1 columns, and the header 15\n`,
      "              line 6: x\n",
      'Ignored, because they are no columns of the table: "app_version".\n',
      "1 row has a placeholder such as NULL for a country",
    ]) {
      expect(platform.output()).toContain(line);
    }
    expect(platform.output()).toMatch(/REJECTED +5 of 9 rows/);
    await stop(platform);
    const other = join(folder, "other");
    mkdirSync(other);
    writePart(other, "b.csv", `${header}\n${lines[0]}\nx\ny\n`);
    const allowed = await start(folder, ["--raw", other, "--allow-rejects"]);
    expect(allowed.output()).toMatch(/REJECTED +2 of 3 rows/);
  }, 300_000);

  it("killed while it loads files, it goes on at the next start", async () => {
    const folder = await folderWithCluster();
    const parts = join(folder, "parts");
    mkdirSync(parts);
    const days = ["2024-03-05", "2024-03-06", "2024-03-07", "2024-03-08"];
    for (const day of days) writePart(parts, `${day}.csv.gz`, activityRows(5_000, [day]));
    const first = runCommand("start", ["--raw", parts], { ...anyPort, DATA_DIR: folder });
    const note = join(folder, "warehouse", "loading-raw.json");
    const shareDone = () => shareOfFirstFill(join(folder, "warehouse", "warehouse.duckdb")) ?? 0;
    // All files were looked at, and one is loaded.
    await expect.poll(shareDone, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0.5);
    first.child.kill("SIGKILL");
    await first.ended;
    const moved = join(folder, "moved");
    renameSync(parts, moved);
    const refused = runCommand("start", [], { ...anyPort, DATA_DIR: folder });
    expect(await refused.ended).toBe(1);
    expectOneSentence(refused.output(), /The last start was loading .*parts, which is gone: name the files/);
    renameSync(moved, parts);
    const starting = start(folder, ["--rows", "7"]);
    // The dashboard shows progress again, rather than that it can't read.
    await expect.poll(shareDone, { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    const second = await starting;
    expect(second.output()).toMatch(/Warehouse +20,000 raw rows, .* 2024-03-05 to 2024-03-08/);
    expect(existsSync(note)).toBe(false);
  }, 300_000);
});

describe("npm start, running,", () => {
  let folder = "";
  let platform: RunningPlatform;

  beforeAll(async () => {
    folder = await folderWithCluster();
    platform = await start(folder, ["--raw", writePart(folder, "a.csv", activityRows(10, ["2024-03-05"]))]);
  });

  it("prints a connection string that works, and logs the service in with a role of its own", async () => {
    const url = /PostgreSQL +(postgres:\S+)/.exec(platform.output())?.[1] ?? "";
    const admin = await connect(url);
    await clanNames(platform.api);
    const { rows } = await admin.query(
      `select distinct usename::text from pg_stat_activity where application_name = 'clan-service'`,
    );
    expect(rows).toEqual([{ usename: "clan_service" }]);
  });

  it("serves the dashboard of its warehouse", async () => {
    expect(await (await fetch(platform.dashboard)).text()).toContain("<title>Clan platform metrics</title>");
    const { rows } = (await (await fetch(`${platform.dashboard}/api/freshness`)).json()) as { rows: object };
    expect(rows).toMatchObject({ raw: 10 });
  });

  it("stops in order when its terminal is closed, which then takes no output", async () => {
    const closeTerminal = `
      const failed = Object.assign(new Error("write EIO"), { code: "EIO" });
      process.once("SIGHUP", () => void (process.stdout._write = (chunk, encoding, done) => done(failed)));`;
    const own = await start(await folderWithCluster(), [], {
      NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(closeTerminal)}`,
    });
    expect((await stop(own, "SIGHUP")).code).toBe(0);
    expect(own.output()).not.toContain("can't be written");
  });

  it("keeps its data folder from another, also from one with --fresh, which then throws nothing away", async () => {
    const sentence = new RegExp(
      `The data folder .* is in use by another PostgreSQL \\(process \\d+\\): stop the command that started it \\(process ${platform.child.pid}\\), such as npm start, or`,
    );
    await refuses(folder, [], sentence);
    await refuses(folder, ["--fresh"], sentence);
    expect(await clanNames(platform.api)).toHaveLength(47);
    const seeding = runCommand("seed-clans", [shippedFile], { DATA_DIR: folder });
    expect(await seeding.ended).toBe(2);
    expect(seeding.output()).toMatch(/ 47 already existed/);
  });

  it("reports that the dashboard has ended, and stops with a sentence when PostgreSQL has", async () => {
    const own = await folderWithCluster();
    const killed = await start(own);
    const ofDashboard = ["-P", String(killed.child.pid), "-f", "clan.ts dashboard"];
    process.kill(Number(execFileSync("pgrep", ofDashboard, { encoding: "utf8" })), "SIGKILL");
    await untilPrinted(killed, "Dashboard    has ended; npm run dashboard serves it again");
    process.kill(serverPid(join(own, "postgres")) ?? 0, "SIGINT");
    expect(await killed.ended).toBe(1);
    expect(killed.output()).toMatch(/\n {2}PostgreSQL has ended, .* start again with npm start\.\n/s);
  });

  it("leaves neither PostgreSQL nor the dashboard behind, killed with -9 or by the signal twice, as Ctrl-C under npm sends it", async () => {
    const isServed = () =>
      fetch(platform.dashboard).then(
        () => true,
        () => false,
      );
    expect(await isServed()).toBe(true);
    platform.child.kill("SIGKILL");
    await platform.ended;
    await expect.poll(() => postgresRuns(folder), { timeout: 10_000 }).toBe(false);
    await expect.poll(isServed, { timeout: 10_000 }).toBe(false);
    platform = await start(folder);
    platform.child.kill("SIGINT");
    await untilPrinted(platform, "Stopping");
    expect((await stop(platform, "SIGINT")).code).toBe(0);
    expect([postgresRuns(folder), await isServed()]).toEqual([false, false]);
  });
});

async function refuses(folder: string, args: string[], sentence: RegExp): Promise<void> {
  const script = runCommand("start", args, { ...anyPort, DATA_DIR: folder });
  expect(await script.ended).toBe(1);
  expectOneSentence(script.output(), sentence);
}

describe("npm start refuses in one sentence, with exit code 1 and nothing left running,", () => {
  const refused = async (
    environment: NodeJS.ProcessEnv,
    sentence: RegExp,
    args: string[] = [],
    exitCode = 1,
  ) => {
    const script = runCommand("start", args, { ...anyPort, ...environment });
    expect(await script.ended).toBe(exitCode);
    expectOneSentence(script.output(), sentence);
  };

  /** Where nothing is started before it refuses. */
  const refusedAtOnce = async (
    environment: NodeJS.ProcessEnv,
    sentence: RegExp,
    args: string[] = [],
    exitCode = 1,
  ) => {
    const { code, output } = await runCommandInProcess("start", args, { ...anyPort, ...environment });
    expect(code, output).toBe(exitCode);
    expectOneSentence(output, sentence);
  };

  it("a taken port", async () => {
    const folder = await folderWithCluster();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "localhost", resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as { port: number };
    await refused(
      { DATA_DIR: folder, PORT: String(port) },
      new RegExp(`Port ${port} is taken: stop what listens there`),
    );
    expect(postgresRuns(folder)).toBe(false);
  });

  it("a taken port of the dashboard", async () => {
    const folder = await folderWithCluster();
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, "localhost", resolve));
    onTestFinished(() => void holder.close());
    const { port } = holder.address() as { port: number };
    await refused(
      { DATA_DIR: folder, DASHBOARD_PORT: String(port) },
      new RegExp(`Port ${port} is taken: stop what listens there, or set DASHBOARD_PORT`),
    );
    expect(postgresRuns(folder)).toBe(false);
  });

  it("a data folder of another PostgreSQL version", async () => {
    const folder = await folderWithCluster();
    const versionFile = join(folder, "postgres/data/PG_VERSION");
    writeFileSync(versionFile, "17\n");
    await refused(
      { DATA_DIR: folder },
      /was created by PostgreSQL 17 and this is 18: choose another folder with DATA_DIR/,
    );
    expect(readFileSync(versionFile, "utf8")).toBe("17\n");
  });

  it("a data folder that can't be made", async () => {
    const file = join(await temporaryFolder(), "file");
    writeFileSync(file, "");
    await refused({ DATA_DIR: join(file, "data") }, /The data folder .* can't be created: make it writable/);
  });

  it("no files to load, before anything is started, and files beside an interrupted synthetic fill", async () => {
    const folder = await temporaryFolder();
    const nowhere = join(folder, "nowhere");
    await refusedAtOnce({ DATA_DIR: folder }, /nowhere can't be read: there is no such file/, [
      "--raw",
      nowhere,
    ]);
    mkdirSync(nowhere);
    await refusedAtOnce({ DATA_DIR: folder }, /nowhere has no files of activity/, ["--raw", nowhere]);
    writePart(nowhere, "a.csv", activityRows(1, ["2024-03-05"]));
    mkdirSync(join(folder, "warehouse", "first-fill-7-2024-03-05"), { recursive: true });
    await refusedAtOnce(
      { DATA_DIR: folder },
      /interrupted start .* synthetic rows: start over with npm start/,
      ["--raw", nowhere],
    );
    expect(existsSync(join(folder, "postgres"))).toBe(false);
  });

  it.each([
    [
      "that nothing listens at",
      "postgres://someone:pass-word@127.0.0.1:1/clan",
      /The database clan at 127.0.0.1:1 \(DATABASE_URL\) can't be used: check that it runs/,
    ],
    [
      "of an unknown host",
      "postgres://someone:pass-word@host.invalid/clan",
      /The database clan at host.invalid .* can't be used/,
    ],
    [
      "with a character that needs an escape",
      "postgres://u:pass-word#@h/clan",
      /DATABASE_URL must look like .*percent-encoded/,
    ],
    ["of another kind", "mysql://localhost/clan", /DATABASE_URL must look like postgres:/],
  ])("a DATABASE_URL %s", async (_, url, sentence) => {
    const { code, output } = await runCommandInProcess("start", [], { ...anyPort, DATABASE_URL: url });
    expect(code).toBe(1);
    expectOneSentence(output, sentence);
    expect(output).not.toContain("pass-word");
  });

  it("--fresh for a database that is not its own", async () => {
    const { adminUrl } = await createTestDatabase();
    await refusedAtOnce({ DATABASE_URL: adminUrl }, /--fresh deletes local data/, ["--fresh"]);
  });

  it("a wrong option or setting", async () => {
    const folder = await temporaryFolder();
    await refused({ DATA_DIR: folder }, /Unknown option '--clean': see npm start/, ["--clean"], 64);
    for (const [args, sentence] of [
      [["--rows", "many"], /--rows must be a whole number from 0 to 99999999, not many/],
      [["--every", "hour"], /--every must be a whole number from 0 to 9999, not hour/],
    ] as const) {
      await refusedAtOnce({ DATA_DIR: folder }, sentence, [...args], 64);
    }
    await refusedAtOnce({ DATA_DIR: folder, PORT: "http" }, /PORT must be a whole number/);
    await refusedAtOnce({ DATA_DIR: folder, POSTGRES_PORT: "0" }, /POSTGRES_PORT must be a port number/);
    await refusedAtOnce(
      { DATA_DIR: folder, DASHBOARD_PORT: "65536" },
      /DASHBOARD_PORT must be a port number/,
    );
    await refusedAtOnce(
      { DATA_DIR: folder, DASHBOARD_PORT: "6000" },
      /DASHBOARD_PORT is a port that browsers/,
    );
    await refusedAtOnce({ DATA_DIR: folder, PORT: "6667" }, /PORT is a port that fetch and browsers refuse/);
    expect(existsSync(join(folder, "postgres"))).toBe(false);
  });
});
