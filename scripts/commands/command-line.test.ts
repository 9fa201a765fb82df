import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { experiments } from "../chaos/experiments.ts";
import { compileCache } from "../local/compile-cache.ts";
import { runCommand } from "../testkit/command.ts";
import { expectOneSentence, runScript, temporaryFolder } from "../testkit/run.ts";
import { experimentNames } from "./chaos/experiment-names.ts";
import { commands, loadAllCommands } from "./command-line/commands.ts";
import { refuseSwallowedOptions } from "./command-line/npm-options.ts";
import { UsageError } from "./terminal/cli-error.ts";

const all = await loadAllCommands();
const byName = (name: string) => all.find((command) => command.name() === name) ?? expect.fail(name);

async function outcome(name: string, args: string[], environment: NodeJS.ProcessEnv = {}) {
  const { ended, output } = runCommand(name, args, environment);
  return { code: await ended, output: output() };
}

it("prints help on stdout and exits with 0, and says what is wrong on stderr and exits with 64", async () => {
  const help = runCommand("backfill", ["--help"]);
  let stderr = "";
  help.child.stderr?.on("data", (chunk) => (stderr += chunk));
  expect(await help.ended).toBe(0);
  expect([help.output().startsWith("Usage: npm run backfill -- [options]"), stderr]).toEqual([true, ""]);
  const wrong = runCommand("backfill", ["--hepl"]);
  wrong.child.stderr?.on("data", (chunk) => (stderr += chunk));
  expect(await wrong.ended).toBe(64);
  expectOneSentence(wrong.output(), /^\n {2}Unknown option '--hepl': did you mean --help\?\n\n$/);
  expect(stderr).toBe(wrong.output());
});

it("ends quietly when its reader goes", async () => {
  const { child, ended, output } = runCommand("plan", ["--stack", "dev"]);
  child.stdout?.once("data", () => child.stdout?.destroy());
  expect(await ended).toBe(0);
  expectOneSentence(output(), /Stack dev/);
  expect(output()).not.toContain("Pulumi runtime");
});

it("without a command, it prints the help to stderr and exits with 64", async () => {
  const { ended, output } = runScript("clan.ts", []);
  expect(await ended).toBe(64);
  expect(output()).toContain("Usage: npm run clan -- COMMAND [options]");
});

it("keeps its compiled modules for the next command", async () => {
  const printCache = `import{getCompileCacheDir}from"node:module";process.on("exit",()=>console.log(getCompileCacheDir()))`;
  const environment = { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(printCache)}` };
  const { output } = await outcome("validate", ["--help"], environment);
  const folder = output.trimEnd().split("\n").at(-1) ?? "";
  expect(folder.startsWith(compileCache), folder).toBe(true);
  expect(readdirSync(folder).length).toBeGreaterThan(0);
});

it("every npm script of a command runs it", () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  for (const name of Object.keys(commands)) expect(scripts[name]).toBe(`node scripts/clan.ts ${name}`);
  expect(scripts.clan).toBe("node scripts/clan.ts");
});

it("the names that chaos knows are those of its experiments", () => {
  const names = Object.values(experiments).flatMap((list) => list.map(({ name }) => name));
  expect(experimentNames).toEqual(names);
});

it("shows control characters of an argument escaped", async () => {
  const { output } = await outcome("load-raw", ["evil\u001b[2J\u202e.csv"]);
  expect(output).toContain("evil\\x1b[2J\\u202e.csv");
  expect(output.includes("\u001b") || output.includes("\u202e")).toBe(false);
});

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("exits with its own code when %s interrupts it", async (signal, code) => {
  const folder = await temporaryFolder();
  const script = runCommand("generate-raw", ["--out", folder, "--rows", "50000000"]);
  await expect.poll(() => readdirSync(folder).length, { timeout: 30_000, interval: 10 }).toBeGreaterThan(0);
  script.child.kill(signal);
  expect(await script.ended).toBe(code);
});

describe("an option that npm took as its own setting, because -- was forgotten,", () => {
  const check = (name: string, args: string[], env: NodeJS.ProcessEnv, script = name) => {
    try {
      refuseSwallowedOptions(byName(name), args, { npm_lifecycle_event: script, ...env });
    } catch (error) {
      if (error instanceof UsageError) return error.message;
      throw error;
    }
    return undefined;
  };

  it("is noticed for every option of every command", () => {
    for (const command of all) {
      for (const option of command.options) {
        const name = option.attributeName().replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
        const setting = `npm_config_${name}`;
        const message = check(command.name(), [], { [setting]: option.negate ? "" : "true" });
        expect(message, option.flags).toMatch(/nothing was done/);
        expect(message, option.flags).toContain(` -- `);
        expect(message, option.flags).toContain(option.flags.split(" ")[0]);
      }
    }
  });

  it.each([
    ["backfill", [], { npm_config_yes: "true" }, "npm run backfill -- --yes"],
    ["start", [], { npm_config_fresh: "true" }, "npm start -- --fresh"],
    [
      "generate-raw",
      [],
      { npm_config_out: "my parts", npm_config_rows: "5" },
      "npm run generate-raw -- --out 'my parts' --rows 5",
    ],
    ["load-raw", ["parts"], { npm_config_refresh: "" }, "npm run load-raw -- parts --no-refresh"],
    // `--rows 5`: npm hands the value on as an argument.
    ["start", ["5"], { npm_config_rows: "true" }, "npm start -- --rows 5"],
    [
      "load-raw",
      ["parts", "bigquery"],
      { npm_config_target: "true" },
      "npm run load-raw -- parts --target bigquery",
    ],
    [
      "seed-clans",
      ["a.csv", "b.csv"],
      { npm_config_rejects: "true" },
      "npm run seed-clans -- FILE --rejects FILE",
    ],
    // npm 11 completes --to, and reads --days as -d -a -y -s.
    ["backfill", [], { npm_config_token_description: "2024-03-01" }, "npm run backfill -- --to 2024-03-01"],
    [
      "generate-raw",
      ["7", "--out", "x"],
      { npm_config_all: "true", npm_config_loglevel: "silent" },
      "npm run generate-raw -- --out x --days 7",
    ],
  ] as const)("is shown in the right line: %s %j with %o", (name, args, env, line) => {
    expect(check(name, [...args], env)).toMatch(new RegExp(`\n  ${RegExp.escape(line)}$`));
  });

  it("is nothing when the command was given it, when npm's setting is off, or when npm runs something else", () => {
    expect(check("backfill", ["--yes"], { npm_config_yes: "true" })).toBeUndefined();
    expect(check("backfill", [], { npm_config_yes: "" })).toBeUndefined();
    expect(check("backfill", [], { npm_config_yes: "true" }, "bench")).toBeUndefined();
    expect(check("backfill", [], { npm_config_yes: "true" }, "clan")).toContain(
      "npm run clan -- backfill --yes",
    );
  });

  it("may come from an .npmrc, which is named", async () => {
    const file = join(await temporaryFolder(), ".npmrc");
    writeFileSync(file, "yes=true\n");
    const env = { npm_config_yes: "true", npm_config_userconfig: file };
    expect(check("backfill", [], env)).toContain(`or because ${file} sets yes`);
    writeFileSync(file, "yes=false\n");
    expect(check("backfill", [], env)).not.toContain(file);
  });

  it("stops the command before it does anything", async () => {
    const folder = await temporaryFolder();
    const environment = {
      DATA_DIR: join(folder, "data"),
      npm_lifecycle_event: "backfill",
      npm_config_yes: "true",
    };
    const { code, output } = await outcome("backfill", [], environment);
    expect(code).toBe(64);
    expect(output).toMatch(/npm took --yes for itself.*Run:\n {2}npm run backfill -- --yes\n/s);
    expect(readdirSync(folder)).toEqual([]);
  });
});
