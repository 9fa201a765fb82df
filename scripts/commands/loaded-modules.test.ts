import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { temporaryFolder } from "../testkit/run.ts";
import { commands } from "./command-line/commands.ts";

const hook = new URL("../testkit/list-modules.ts", import.meta.url).href;
const closedPort = "http://127.0.0.1:2";

/** Runs a command until it has ended; returns the modules that it loaded. */
async function modulesOf(name: string, args: string[], folder: string): Promise<string[]> {
  const list = join(folder, `${name}-modules`);
  const environment = {
    DATA_DIR: join(folder, "data"),
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/clan",
    NODE_OPTIONS: `--import ${hook}`,
    LOADED_MODULES: list,
  };
  const script = runCommand(name, args, environment);
  const hasRetried = () => script.output().includes("retrying");
  // It would retry for minutes; by then it has loaded everything.
  await expect.poll(() => hasRetried() || script.child.exitCode !== null, { timeout: 50_000 }).toBe(true);
  script.child.kill("SIGTERM");
  await script.ended;
  expect(existsSync(list), script.output()).toBe(true);
  return [...new Set(readFileSync(list, "utf8").trim().split("\n"))];
}

const isHttpService = (url: string) =>
  /\/node_modules\/(@fastify\/|fastify)/.test(url) || /\/service\/src\/.*routes\.ts$/.test(url);

const withoutService = Object.keys(commands).filter((name) => name !== "start" && name !== "dashboard");

it.each(withoutService)("%s --help loads no Fastify and no route", async (name) => {
  const loaded = await modulesOf(name, ["--help"], await temporaryFolder());
  expect(loaded.filter(isHttpService)).toEqual([]);
  expect(loaded.length).toBeLessThan(50);
});

it.each([
  ["validate", []],
  ["backfill", []],
  ["sync", []],
  ["load-raw", ["nowhere.csv"]],
  ["seed-clans", ["nowhere.csv"]],
  ["seed-clans", ["clans.csv"]],
  ["send-activity", ["activity.csv", "--url", closedPort]],
  ["generate-raw", ["--out", "parts", "--rows", "10", "--days", "1"]],
  ["plan", ["--stack", "dev"]],
  ["doctor", []],
])(
  "%s %j, really run, loads no Fastify and no route",
  async (name, args) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "clans.csv"), "name\nOwls\n");
    writeFileSync(
      join(folder, "activity.csv"),
      readFileSync(new URL("../data/activity.csv", import.meta.url)),
    );
    const paths = args.map((arg) => (/\.csv$|^parts$/.test(arg) ? join(folder, arg) : arg));
    const loaded = await modulesOf(name, paths, folder);
    expect(loaded.filter(isHttpService)).toEqual([]);
    expect(loaded.some((url) => url.endsWith(`/commands/${name}/run.ts`))).toBe(true);
  },
  300_000,
);

it("a command loads its own definition and no other one", async () => {
  const loaded = await modulesOf("validate", ["--help"], await temporaryFolder());
  expect(loaded.filter((url) => /\/commands\/[a-z-]+\/command\.ts$/.test(url))).toEqual([
    expect.stringMatching(/\/validate\/command\.ts$/),
  ]);
});
