import { spawnSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, matchesGlob, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { startNode } from "@clan-platform/scripts/testkit/process.ts";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { buildPage } from "./build-page.ts";

// No Docker engine is needed: the test does what dashboard/Dockerfile says, in a folder.

const root = fileURLToPath(new URL("../..", import.meta.url));
const dockerfile = readFileSync(join(root, "dashboard/Dockerfile"), "utf8");
const [, manifests = "", page = "", dependencies = "", final = ""] = dockerfile.split(/^FROM .*$/m);
const ignored = readFileSync(join(root, "dashboard/Dockerfile.dockerignore"), "utf8").split("\n");

const instruction = (name: string, stage: string) =>
  [...stage.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map((match) => match[1] ?? "");
const environment = Object.fromEntries(
  (instruction("ENV", final)[0] ?? "").split(" ").map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
);
const command: string[] = JSON.parse(instruction("CMD", final)[0] ?? "");
const workdir = instruction("WORKDIR", final)[0] ?? "";

let image = "";

const isInContext = (path: string) =>
  !ignored.some((pattern) => pattern.startsWith("**") && matchesGlob(relative(root, path), pattern));

/** The packages that `npm ci` of a stage would install, by their places; it asks no registry, since the lock file says it all. */
function installedBy(stage: string): string[] {
  const folder = mkdtempSync(join(tmpdir(), "clan-dependencies-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const copy of instruction("COPY", manifests)) {
    const paths = copy.split(" ");
    for (const from of paths.slice(0, -1)) cpSync(join(root, from), join(folder, from), { recursive: true });
  }
  const commands = [...instruction("RUN", manifests), ...instruction("RUN", stage).slice(0, 1)];
  const { stdout, stderr } = spawnSync("sh", ["-c", `${commands.join(" && ")} --dry-run --offline`], {
    cwd: folder,
    env: { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) },
    encoding: "utf8",
  });
  const added = Array.from(stdout.matchAll(/^add (\S+) \S+$/gm), ([, name = ""]) => name);
  expect(added.length, stderr).toBeGreaterThan(0);
  return [...new Set(added)];
}

let installed: string[] = [];

beforeAll(async () => {
  image = mkdtempSync(join(tmpdir(), "clan-dashboard-image-"));
  for (const copy of instruction("COPY", final)) {
    if (copy.includes("--from=")) continue;
    const [from = "", to = ""] = copy.replace(/^--chmod=\d+ /, "").split(" ");
    const place = join(image, resolve(workdir, to));
    cpSync(join(root, from), place, { recursive: true, filter: isInContext });
  }
  cpSync(await buildPage(), join(image, environment.PAGE ?? ""), { recursive: true });
}, 120_000);

afterAll(() => rmSync(image, { recursive: true, force: true }));

/** Our code finds exactly the packages that are installed; they find theirs where they are here. */
function linkPackages(): void {
  for (const name of installed) {
    const place = join(image, "app/node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    if (name.startsWith("@clan-platform/")) symlinkSync(join(image, "app", name.split("/")[1] ?? ""), place);
    else symlinkSync(join(root, "node_modules", name), place);
  }
}

it("runs as a user without rights, under an init that starts node itself", () => {
  expect(instruction("USER", final)).toEqual(["node"]);
  expect(instruction("ENTRYPOINT", final)).toEqual(['["tini", "--"]']);
  expect(command[0]).toBe("node");
  expect(environment).toMatchObject({ NODE_ENV: "production", HOST: "0.0.0.0", PORT: "8080" });
});

it("builds the page with its libraries, and installs none of them, no database and no tools in what runs", () => {
  expect(installedBy(page)).toEqual(expect.arrayContaining(["vite", "preact", "echarts"]));
  installed = installedBy(dependencies);
  expect(installed).toEqual(expect.arrayContaining(["fastify", "@google-cloud/bigquery", "zod"]));
  const needless = installed.filter((name) =>
    /^(vite|rolldown|preact|echarts|pg|pg-.*|@duckdb\/.*|@pulumi\/.*|vitest|typescript|playwright.*|@sparticuz\/.*|commander)$/.test(
      name,
    ),
  );
  expect(needless).toEqual([]);
});

it("holds no tests and nothing of the other workspaces", () => {
  const folders = globSync("app/*", { cwd: image });
  expect(folders.sort()).toEqual(["app/contract", "app/dashboard", "app/warehouse"]);
  expect(globSync("app/{contract,dashboard,warehouse}/**/{*.test.ts,testing/*}", { cwd: image })).toEqual([]);
});

function start(others: NodeJS.ProcessEnv) {
  if (installed.length === 0) installed = installedBy(dependencies);
  if (globSync("app/node_modules", { cwd: image }).length === 0) linkPackages();
  const running = startNode(command[1] ?? "", command.slice(2), {
    cwd: join(image, workdir),
    environment: {
      ...environment,
      PAGE: join(image, environment.PAGE ?? ""),
      NODE_COMPILE_CACHE: join(image, environment.NODE_COMPILE_CACHE ?? ""),
      HOST: "127.0.0.1",
      PORT: "0",
      ...others,
    },
  });
  onTestFinished(() => running.kill("SIGKILL"));
  return running;
}

it("serves the page and its health with nothing but what the image holds, and stops with exit code 0", async () => {
  const running = start({ GOOGLE_CLOUD_PROJECT: "game-test" });
  await expect.poll(running.output, { timeout: 30_000 }).toContain("Listening on port");
  const address = `http://127.0.0.1:${/port (\d+)/.exec(running.output())?.[1]}`;
  expect(await (await fetch(`${address}/health`)).json()).toEqual({ status: "ok" });
  expect(await (await fetch(address)).text()).toContain("<!doctype html>");
  running.kill("SIGTERM");
  expect((await running.ended).code).toBe(0);
}, 60_000);

it("logs the unhandled error that ends it, with its stack", async () => {
  const fault = 'process.once("SIGUSR2", () => { throw new Error("a defect in the dashboard"); });';
  const running = start({
    GOOGLE_CLOUD_PROJECT: "game-test",
    NODE_OPTIONS: `${environment.NODE_OPTIONS} --import=data:text/javascript,${encodeURIComponent(fault)}`,
  });
  await expect.poll(running.output, { timeout: 30_000 }).toContain("Listening on port");
  running.kill("SIGUSR2");
  const { code, output } = await running.ended;
  expect(code).toBe(1);
  expect(output).toMatch(/unhandled error: Error: a defect in the dashboard\n\s+at /);
}, 60_000);

it("names every variable that is missing or wrong, in one sentence, which the Dockerfile's warm-up waits for", async () => {
  const { code, output } = await start({ PORT: "x" }).ended;
  expect(code).toBe(1);
  expect(output).toBe(
    "clan-dashboard: PORT must be a whole number from 0 to 65535; GOOGLE_CLOUD_PROJECT is not set: it must be the id of a Google Cloud project\n",
  );
  const [, awaited] = /^RUN output=.* case "\$output" in \*"(.*)"\*\) ;; /m.exec(final) ?? [];
  expect(output).toContain(awaited ?? "what the warm-up waits for");
}, 60_000);
