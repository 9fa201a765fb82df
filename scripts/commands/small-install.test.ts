import { existsSync, globSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { expectOneSentence, runScript, temporaryFolder } from "../testkit/run.ts";
import { commands } from "./command-line/commands.ts";

const hook = new URL("../testkit/small-install.ts", import.meta.url).href;
const onData = ["start", "dev", "seed-clans", "send-activity", "generate-raw", "load-raw", "backfill"];
const alsoOnData = ["deduplicate", "sync", "validate", "annotate", "dashboard", "restore-drill"];
const whole = { plan: [], bench: ["service"], chaos: ["soak"] };

/** Runs a script as after `npm ci --omit=dev`. */
async function runSmall(script: string, args: string[]) {
  const { output, ended } = runScript(script, args, {
    NODE_OPTIONS: `--import ${hook}`,
    DATA_DIR: await temporaryFolder(),
    DATABASE_URL: "postgres://nobody@127.0.0.1:1/clan",
  });
  return { code: await ended, output: output() };
}

it("every command is known to need the whole install, or not to", () => {
  expect([...onData, ...alsoOnData, "doctor", ...Object.keys(whole)].sort()).toEqual(
    Object.keys(commands).sort(),
  );
});

it("its packages take less than 500 MB", () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  let bytes = 0;
  for (const [path, { dev, link }] of Object.entries<Record<string, boolean>>(packages)) {
    if (!path.includes("node_modules/") || dev || link || !existsSync(join(root, path))) continue;
    for (const file of globSync("**", {
      cwd: join(root, path),
      exclude: (name) => name === "node_modules",
    })) {
      const stat = lstatSync(join(root, path, file));
      if (stat.isFile()) bytes += stat.size;
    }
  }
  expect(bytes).toBeGreaterThan(100e6);
  expect(bytes).toBeLessThan(500e6);
});

it.each(Object.entries(whole))("%s asks for the whole install in one sentence", async (name, args) => {
  const { code, output } = await runSmall("clan.ts", [name, ...args]);
  expect(code).toBe(1);
  expectOneSentence(output, / is not installed, because npm ci --omit=dev leaves it out: run npm ci, and/);
});

it("doctor runs, and finds that Pulumi's program lacks its packages", async () => {
  const { output } = await runSmall("clan.ts", ["doctor"]);
  expectOneSentence(output, /FAILED {2}Packages .*small install leaves out\n +npm ci\n/);
});

it.each([
  ["sync", []],
  ["validate", []],
  ["seed-clans", ["nowhere.csv"]],
  ["send-activity", ["nowhere.csv"]],
  ["load-raw", ["nowhere.csv"]],
  ["start", ["--rows", "0"]],
  ["restore-drill", []],
])("%s needs nothing that the small install lacks", async (name, args) => {
  const { output } = await runSmall("clan.ts", [name, ...args]);
  expect(output).not.toContain("not installed");
  expectOneSentence(output, /\w/);
});

it("npm test, check, format, update-docs and record-api ask for the whole install before they need it", async () => {
  const { scripts } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  for (const name of ["check", "format", "update-docs", "record-api"]) {
    expect(scripts[`pre${name}`]).toBe("node scripts/local/whole-install.ts");
  }
  expect(scripts.test).toMatch(/^npm run check &&/);
  const { code, output } = await runSmall("local/whole-install.ts", []);
  expect(code).toBe(1);
  expectOneSentence(output, /typescript is not installed.*run npm ci/);
});

it.each(["jose", "async-mutex"])(
  "start asks for the packages of this version when it lacks %s, which is new",
  async (name) => {
    const { output, ended } = runScript("clan.ts", ["start", "--rows", "0"], {
      NODE_OPTIONS: `--import ${new URL("../testkit/without-package.ts", import.meta.url).href}`,
      WITHOUT_PACKAGE: name,
      DATA_DIR: await temporaryFolder(),
      DATABASE_URL: "postgres://nobody@127.0.0.1:1/clan",
    });
    expect(await ended).toBe(1);
    expectOneSentence(
      output(),
      new RegExp(`${name} is not installed: .* another version; run npm ci, or npm ci --omit=dev`),
    );
  },
);
