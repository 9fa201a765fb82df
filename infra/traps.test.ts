import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { parseConfig, parseMigrationConfig } from "@clan-platform/service/config.ts";
import { connectionOptions } from "@clan-platform/service/database/connection.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { RandomId, RandomPassword } from "@pulumi/random";
import { expect, it, onTestFinished, vi } from "vitest";
import { parse as parseYaml } from "yaml";
import { type Config, parseConfig as readSettings } from "./config.ts";
import { Image } from "./image.ts";
import { contextFiles, contextFolder, stageContext, stagedHash } from "./image-context.ts";
import { readLastUpdate } from "./last-update.ts";
import { checkPlacement, type Placement } from "./placement.ts";
import { fakeProvider } from "./recording/fake-provider.ts";
import type { Recorded, Recording } from "./recording/record.ts";
import { workloadsOf } from "./testing/cloud-run.ts";
import { grantsOf } from "./testing/grants.ts";
import { fakeOutputs, resolvedValue } from "./testing/outputs.ts";
import {
  configOf,
  customResources,
  dependenciesOf,
  everyExtra,
  isA,
  type Kind,
  leaves,
  ofType,
  ofTypes,
  one,
  project,
  publicAccess,
  recordStack,
  settingsOf,
  unawaited,
} from "./testing/recorded.ts";
import { releasedTables, replacements } from "./testing/released-schemas.ts";
import { contentHash, put, smallContext } from "./testing/small-context.ts";

// Known traps of Google's services and their providers, a test for each.

const dev = await recordStack("dev");
const prod = await recordStack("prod");
const everything = await recordStack("prod", everyExtra);
const open = await recordStack("dev", publicAccess);
const stacks = { dev, prod, everything, open };
const each = Object.entries(stacks);

const serviceAgent = (domain: string) =>
  `serviceAccount:service-123456789012@${domain}.iam.gserviceaccount.com`;

// --- An API is enabled but not yet usable (pulumi/pulumi#12163).

it("trap 1: every Google resource waits until all APIs are enabled and usable, and destroy leaves them enabled", () => {
  for (const [stack, recording] of each) {
    const apis = ofType(recording, gcp.projects.Service);
    for (const { name, inputs, afterCreate } of apis) {
      expect([inputs.disableOnDestroy, afterCreate], `${stack}: ${name}`).toEqual([false, ["settle"]]);
    }
    const others = customResources(recording).filter(
      (resource) => ![gcp.projects.Service, RandomId, RandomPassword].some((kind) => isA(resource, kind)),
    );
    for (const resource of others) {
      expect(unawaited(recording, resource, apis), resource.urn).toEqual([]);
    }
  }
});

it("trap 1: the API of every resource is among the enabled ones", () => {
  const apiOf: Record<string, string> = {
    artifactregistry: "artifactregistry",
    bigquery: "bigquery",
    billing: "billingbudgets",
    cloudrunv2: "run",
    compute: "compute",
    iam: "iam",
    monitoring: "monitoring",
    projects: "cloudresourcemanager",
    serviceaccount: "iam",
    servicenetworking: "servicenetworking",
    sql: "sqladmin",
  };
  // For the connection to the database, scheduled queries, impersonation, and enabling APIs.
  const others = ["bigqueryconnection", "bigquerydatatransfer", "iamcredentials", "serviceusage"];
  for (const [stack, recording] of each) {
    const enabled = ofType(recording, gcp.projects.Service).map(({ inputs }) => inputs.service);
    const types = customResources(recording).map(({ type }) => type.split(/[:/]/));
    const used = types
      .filter(([provider]) => provider === "gcp")
      .map(([, module = ""]) => apiOf[module] ?? module);
    // Exchanges the OIDC tokens of GitHub's workflows.
    const needed = [...used, ...others, ...(recording === everything ? ["sts"] : [])];
    expect(enabled, stack).toEqual(expect.arrayContaining(needed.map((api) => `${api}.googleapis.com`)));
    expect(new Set(enabled).size, stack).toBe(enabled.length);
  }
});

// --- Invokes ignore `dependsOn` (pulumi/pulumi-gcp#685).

it("trap 2: invokes are used in their Output form only", () => {
  const sources = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(join(import.meta.dirname, name), "utf8"));
  const invokes = sources.flatMap(
    (source) => source.match(/(?<!pulumi\.)\b(get[A-Z]\w*|invoke\w*)(?=\()/g) ?? [],
  );
  const invoked = ["getCaCertsOutput", "getClientConfigOutput", "getProjectOutput"];
  // No requests to a provider.
  const allowed = [...invoked, "getMonitor", "getOutputDetails"];
  expect(new Set(invokes)).toEqual(new Set(allowed));
});

it("trap 2: invokes run after the APIs are enabled", async () => {
  const asked: Record<string, number> = {};
  const { invoke } = MockMonitor.prototype;
  const spy = vi.spyOn(MockMonitor.prototype, "invoke");
  onTestFinished(() => spy.mockRestore());
  spy.mockImplementation(function (this: MockMonitor, request, callback) {
    const made = [...this.resources.keys()].filter((urn) => urn.includes("gcp:projects/service:Service"));
    asked[request.getTok()] = made.length;
    return invoke.call(this, request, callback);
  });
  const recording = await recordStack("prod", everyExtra);
  const all = ofType(recording, gcp.projects.Service).length;
  expect(asked).toEqual({
    "gcp:organizations/getProject:getProject": all,
    "gcp:sql/getCaCerts:getCaCerts": all,
    // Answered by the provider, without a request.
    "gcp:organizations/getClientConfig:getClientConfig": expect.any(Number),
  });
});

// --- A tag that does not change gives no new revision (pulumi/pulumi-gcp#1166, pulumi/templates#490).

it("trap 3: the image is built for linux/amd64, its tag changes with its content alone, and it is deployed by digest", () => {
  for (const [, recording] of each) {
    const image = one(recording, docker.Image);
    expect(image.inputs).toMatchObject({
      imageName: `europe-west1-docker.pkg.dev/${project}/clan-platform/clan-service:${contentHash()}-5eed01`,
      build: { platform: "linux/amd64" },
      skipPush: false,
    });
    // A new one for every change, because an immutable tag can't be pushed twice.
    const tag = ofType(recording, RandomId).find(({ urn }) => image.dependsOn.includes(urn));
    expect(tag?.inputs.keepers).toEqual({ content: contentHash() });
    for (const { container, dependsOn } of workloadsOf(recording)) {
      expect(container.image).toMatch(
        new RegExp(`^europe-west1-docker.pkg.dev/${project}/clan-platform/clan-service@sha256:[0-9a-f]{64}$`),
      );
      expect(dependsOn).toContain(image.urn);
    }
  }
});

it.each([
  ["service/Dockerfile"],
  ["package-lock.json"],
  ["warehouse/package.json"],
  ["service/src/clans/routes.ts"],
  ["service/src/clans/new.ts"],
  ["service/migrations/002.do.more.sql"],
])("trap 3: the tag changes with %s", (file) => {
  const folder = smallContext();
  const before = contentHash(folder);
  put(folder, file, "other content");
  expect(contentHash(folder)).not.toBe(before);
});

it("trap 3: the tag changes when a file is renamed, or when content moves from one file to the next", () => {
  const hashes = [
    { "service/src/a.ts": "one two", "service/src/b.ts": "three" },
    { "service/src/a.ts": "one", "service/src/b.ts": " twothree" },
    { "service/src/a.ts": "one two", "service/src/c.ts": "three" },
  ].map((files) => {
    const folder = smallContext();
    for (const [file, content] of Object.entries(files)) put(folder, file, content);
    return contentHash(folder);
  });
  expect(new Set(hashes).size).toBe(3);
});

it("trap 3: an image that was not pushed is refused, because its digest would be <none>", async () => {
  const digestOf = async (repoDigest: string) => {
    await fakeOutputs({ "docker:index/image:Image": { repoDigest } });
    return resolvedValue(new Image("image", { project, region: "europe-west1" }).digest);
  };
  const pushed = `europe-west1-docker.pkg.dev/p/r/i@sha256:${"a1".repeat(32)}`;
  await expect(digestOf(pushed)).resolves.toBe(pushed);
  for (const notPushed of ["<none>", "", "europe-west1-docker.pkg.dev/p/r/i:0123456789abcdef"]) {
    await expect(digestOf(notPushed)).rejects.toThrow(/was not pushed: .* Check that Docker runs/);
  }
});

// --- Rebuilds at every `up` (pulumi/pulumi-docker#715).

it("trap 4: the tag stays the same when no file changes that goes into the image", () => {
  const folder = smallContext();
  const before = contentHash(folder);
  for (const file of [
    ...["service/src/clans/routes.test.ts", "scripts/testkit/app.ts", "service/README.md"],
    ...["infra/index.ts", "scripts/clan.ts", "warehouse/tables/daily_metrics/query.sql", ".git/HEAD"],
    ...["node_modules/fastify/package.json", "service/node_modules/pg/package.json", "Pulumi.dev.yaml"],
  ]) {
    put(folder, file, "of no concern");
  }
  for (const file of contextFiles(folder)) utimesSync(join(folder, file), 1, 1);
  expect(contentHash(folder)).toBe(before);
  expect(contentHash(smallContext())).toBe(before);
});

it("trap 4: the image is built from what the service needs, without arguments or caches", () => {
  const files = contextFiles().map((path) => path.replaceAll("\\", "/"));
  expect(files).toContain("service/src/server.ts");
  const needless = files.filter(
    (file) =>
      !/^(package(-lock)?|(clients\/typescript|dashboard|infra|scripts|service|warehouse)\/package)\.json$|^contract\/|^service\/(src|migrations)\//.test(
        file,
      ) || /\.test\.ts$|\/testing\//.test(file),
  );
  expect(needless).toEqual([]);
  for (const [, recording] of each) {
    const { build } = one(recording, docker.Image).inputs;
    expect(Object.keys(build ?? {}).sort()).toEqual(["context", "dockerfile", "platform"]);
  }
});

// --- Protection.

const holdsData: Kind<never>[] = [
  gcp.sql.DatabaseInstance,
  gcp.sql.Database,
  gcp.sql.User,
  gcp.bigquery.Dataset,
  gcp.bigquery.Table,
];
const hasDeletionProtection: Kind<never>[] = [
  gcp.sql.DatabaseInstance,
  gcp.bigquery.Table,
  gcp.cloudrunv2.Service,
  gcp.cloudrunv2.Job,
];

/** The login of somebody who reads the database: it holds nothing, and goes when they leave. */
const isOfPerson = ({ inputs }: Recorded) => inputs.type === "CLOUD_IAM_USER";

it("trap 5: the setting protect drives every kind of protection, of everything that holds data or serves", () => {
  for (const [recording, protect] of [
    [dev, false],
    [prod, true],
    [everything, true],
  ] as const) {
    for (const resource of customResources(recording)) {
      const isKept = [...holdsData, ...hasDeletionProtection].some((kind) => isA(resource, kind));
      expect(resource.protect, resource.urn).toBe(protect && isKept && !isOfPerson(resource));
    }
    for (const { urn, inputs } of ofTypes(recording, hasDeletionProtection)) {
      expect(inputs.deletionProtection, urn).toBe(protect);
    }
    expect(one(recording, gcp.sql.DatabaseInstance).inputs.settings?.deletionProtectionEnabled).toBe(protect);
    for (const { inputs } of ofType(recording, gcp.bigquery.Dataset)) {
      expect(inputs.deleteContentsOnDestroy).toBe(!protect);
    }
  }
});

it("trap 6: databases and users are protected too, because destroy would delete them before the instance refuses", () => {
  for (const [recording, protect] of [
    [dev, false],
    [everything, true],
  ] as const) {
    const children = ofTypes(recording, [gcp.sql.Database, gcp.sql.User]).filter(
      (child) => !isOfPerson(child),
    );
    expect(children.map((child) => child.protect)).toEqual(children.map(() => protect));
  }
});

// --- Cloud SQL.

it("trap 7: the SQL instance has a name that was never used before, and keeps it", () => {
  for (const [, recording] of each) {
    const instance = one(recording, gcp.sql.DatabaseInstance);
    expect(instance.inputs.name).toBe("clan-5eed01");
    const suffixes = ofType(recording, RandomId).filter(({ urn }) => instance.dependsOn.includes(urn));
    // Keepers would replace the suffix of an existing stack (trap 22).
    expect(suffixes.map(({ inputs }) => inputs)).toEqual([{ byteLength: 3 }]);
  }
});

it("trap 8: PostgreSQL 18 states its edition, ENTERPRISE, and its log retention and tier are valid for it", () => {
  for (const [, recording] of each) {
    const { settings } = one(recording, gcp.sql.DatabaseInstance).inputs;
    expect(settings?.edition).toBe("ENTERPRISE");
    const days = settings?.backupConfiguration?.transactionLogRetentionDays ?? 0;
    expect(days).toBeGreaterThanOrEqual(1);
    expect(days).toBeLessThanOrEqual(7);
    expect(settings?.tier).toMatch(/^db-(f1-micro|g1-small|custom-\d+-\d+)$/);
  }
  expect(() => configOf("prod", { databaseTier: "db-perf-optimized-N-2" })).toThrow(/edition ENTERPRISE/);
});

it("trap 9: users are abandoned, because one that owns objects can't be dropped", () => {
  for (const [, recording] of each) {
    for (const { inputs } of ofType(recording, gcp.sql.User)) expect(inputs.deletionPolicy).toBe("ABANDON");
  }
});

// --- Service accounts and bindings are eventually consistent (hashicorp/terraform-provider-google#15042).

it("trap 10: workloads wait for their account's grants and login, and for the agent that pulls their image", () => {
  for (const [stack, recording] of each) {
    const pullers = grantsOf(recording).filter(({ role, member }) => {
      return role === "artifactregistry.reader" && member === serviceAgent("serverless-robot-prod");
    });
    expect(pullers).toHaveLength(1);
    for (const running of workloadsOf(recording)) {
      const account = `serviceAccount:${running.template.serviceAccount}`;
      const rights = grantsOf(recording).filter(({ member }) => member === account);
      const logins = ofType(recording, gcp.sql.User).filter(({ inputs }) =>
        account.startsWith(`serviceAccount:${inputs.name}.`),
      );
      expect([rights.length, logins.length]).toEqual([2, 1]);
      const needed = [...[...rights, ...pullers].map(({ resource }) => resource), ...logins];
      expect(unawaited(recording, running, needed), `${stack}: ${running.name}`).toEqual([]);
    }
  }
});

it("trap 10: the service, and every login whose roles the migration creates, waits for the migration job", () => {
  for (const [stack, recording] of each) {
    const job = one(recording, gcp.cloudrunv2.Job, { name: "clan-migration" });
    const logins = ofType(recording, gcp.sql.User).filter(({ inputs }) =>
      inputs.databaseRoles?.some((role) => role.startsWith("clan_")),
    );
    expect(logins.length).toBeGreaterThan(0);
    for (const resource of [one(recording, gcp.cloudrunv2.Service), ...logins]) {
      expect(resource.dependsOn, `${stack}: ${resource.name}`).toContain(job.urn);
    }
    const digest = /@sha256:(\w{16})/.exec(job.inputs.template.template.containers?.[0]?.image ?? "")?.[1];
    expect(job.inputs.runExecutionToken).toBe(
      `${digest}-${one(recording, gcp.sql.DatabaseInstance).inputs.name}`,
    );
  }
});

it("trap 10: grants on the database and on the connection don't wait for the migration, so that they are effective when it has run", () => {
  for (const [stack, recording] of each) {
    const job = one(recording, gcp.cloudrunv2.Job, { name: "clan-migration" });
    const rights = grantsOf(recording).filter(({ role }) => /^cloudsql\.|connectionUser$/.test(role));
    expect(rights.length).toBeGreaterThanOrEqual(6);
    const late = rights.filter(({ resource }) => dependenciesOf(recording, resource).has(job.urn));
    expect(
      late.map(({ member }) => member),
      stack,
    ).toEqual([]);
  }
});

it("trap 10: the scheduled queries wait for the tables, and for the grants of their account and their agent", () => {
  for (const [stack, recording] of each) {
    for (const query of ofType(recording, gcp.bigquery.DataTransferConfig)) {
      const { email, name } = accountOf(
        recording,
        String(query.inputs.serviceAccountName).split("@")[0] ?? "",
      );
      const rights = grantsOf(recording).filter(
        ({ member, role, target }) =>
          member === `serviceAccount:${email}` ||
          (target === name && role === "iam.serviceAccountTokenCreator"),
      );
      expect(rights).toHaveLength(email === `clan-sync@${project}.iam.gserviceaccount.com` ? 5 : 4);
      const needed = [...rights.map(({ resource }) => resource), ...ofType(recording, gcp.bigquery.Table)];
      expect(unawaited(recording, query, needed), `${stack}: ${query.name}`).toEqual([]);
    }
  }
});

it("trap 10: activity_sync waits for its connection, the connection's access to the database, and its login there", () => {
  for (const [stack, recording] of each) {
    const agent = serviceAgent("gcp-sa-bigqueryconnection");
    const reaches = grantsOf(recording).filter(({ member }) => member === agent);
    expect(reaches).toHaveLength(1);
    const identityArgs = { project, service: "bigqueryconnection.googleapis.com" };
    const needed = [
      one(recording, gcp.bigquery.Connection),
      one(recording, gcp.projects.ServiceIdentity, identityArgs),
      one(recording, gcp.sql.User, { name: "bigquery" }),
      ...reaches.map(({ resource }) => resource),
    ];
    const sync = one(recording, gcp.bigquery.DataTransferConfig, { displayName: "activity_sync" });
    expect(unawaited(recording, sync, needed), stack).toEqual([]);
  }
});

/** E-mail address and full name of an account that the program creates. */
function accountOf(recording: Recording, accountId: string) {
  one(recording, gcp.serviceaccount.Account, { accountId });
  const email = `${accountId}@${project}.iam.gserviceaccount.com`;
  return { email, name: `projects/${project}/serviceAccounts/${email}` };
}

// --- Public access is refused under domain-restricted sharing.

it("trap 11: the service is public by its setting, not by a grant to allUsers; otherwise its invokers are listed", () => {
  const invokersOf = (recording: Recording) =>
    grantsOf(recording)
      .filter(({ role, target }) => role === "run.invoker" && !target.includes("clan-retention"))
      .map(({ member }) => member)
      .sort();
  const uptimeCheck = serviceAgent("gcp-sa-monitoring-notification");
  expect(each.map(([stack, recording]) => [stack, ...invokersOf(recording)])).toEqual([
    ["dev", uptimeCheck],
    ["prod", uptimeCheck],
    ["everything", ...[...everyExtra.invokers, uptimeCheck].sort()],
    ["open"],
  ]);
  for (const [stack, recording] of each) {
    const { inputs } = one(recording, gcp.cloudrunv2.Service);
    expect(inputs.invokerIamDisabled, stack).toBe(recording === open);
    const values = recording.resources
      .flatMap(({ inputs }) => leaves(inputs))
      .map(([, value]) => String(value));
    expect(values.filter((value) => /^all(Authenticated)?Users$/.test(value))).toEqual([]);
  }
});

// --- The Cloud SQL volume shows a diff for ever (pulumi/pulumi-gcp#1093).

it("trap 12: the Cloud SQL volume is named cloudsql and mounted at /cloudsql", () => {
  const instances = [`${project}:europe-west1:clan-5eed01`];
  for (const recording of [dev, open]) {
    for (const { template, container } of workloadsOf(recording)) {
      expect(template.volumes).toEqual([{ name: "cloudsql", cloudSqlInstance: { instances } }]);
      expect(container.volumeMounts).toEqual([{ name: "cloudsql", mountPath: "/cloudsql" }]);
    }
  }
  // With a private address, there is no volume.
  for (const { template, container } of workloadsOf(prod)) {
    expect([template.volumes, container.volumeMounts]).toEqual([undefined, undefined]);
  }
});

// --- BigQuery.

it("trap 13: scheduled queries run as their own accounts, which their agent and the deployer may impersonate", () => {
  const runAs = {
    activity_sync: "clan-sync",
    daily_metrics: "clan-metrics",
    daily_metrics_checks: "clan-metrics",
    daily_metrics_warnings: "clan-metrics",
  };
  for (const [, recording] of each) {
    for (const { inputs } of ofType(recording, gcp.bigquery.DataTransferConfig)) {
      const accountId = runAs[inputs.displayName as keyof typeof runAs];
      expect(inputs.serviceAccountName).toBe(accountOf(recording, accountId).email);
      expect(JSON.stringify(inputs.params)).not.toMatch(/service_?account/i);
    }
    const agentArgs = { project, service: "bigquerydatatransfer.googleapis.com" };
    const agent = one(recording, gcp.projects.ServiceIdentity, agentArgs);
    const acting = grantsOf(recording).filter(({ role }) => role === "iam.serviceAccountTokenCreator");
    expect(acting).toMatchObject(
      ["clan-metrics", "clan-sync"].map((accountId) => ({
        on: "serviceaccount",
        target: accountOf(recording, accountId).name,
        member: serviceAgent("gcp-sa-bigquerydatatransfer"),
      })),
    );
    for (const { resource } of acting) expect(resource.dependsOn).toContain(agent.urn);
  }
  for (const accountId of new Set(Object.values(runAs))) {
    expect(grantsOf(everything)).toContainEqual(
      expect.objectContaining({
        member: `serviceAccount:${accountOf(everything, "clan-deployer").email}`,
        role: "iam.serviceAccountUser",
        on: "serviceaccount",
        target: accountOf(everything, accountId).name,
      }),
    );
  }
});

it("trap 14: datasets, scheduled queries, their connection and the commands that query them use one location", async () => {
  const american = await recordStack("dev", { location: "US", "gcp:region": "us-central1" });
  for (const [recording, location] of [
    [dev, "EU"],
    [prod, "EU"],
    [american, "US"],
  ] as const) {
    const placed = [
      ...ofType(recording, gcp.bigquery.Dataset),
      ...ofType(recording, gcp.bigquery.DataTransferConfig),
      ...ofType(recording, gcp.bigquery.Connection),
      ...ofType(recording, gcp.bigquery.ConnectionIamMember),
    ];
    expect(placed).toHaveLength(8);
    expect(new Set(placed.map(({ inputs }) => inputs?.location))).toEqual(new Set([location]));
    // By its full name, which contains the location in lower case.
    const connectionId = one(recording, gcp.bigquery.Connection).inputs?.connectionId;
    const asked = String(scheduled(recording, "activity_sync").params.query).match(
      /"[\w-]+\.[\w-]+\.[\w-]+"/g,
    );
    const connection = `"${project}.${location.toLowerCase()}.${connectionId}"`;
    // The watermark, activity, memberships and clans.
    expect(asked).toEqual(Array(4).fill(connection));
    expect(recording.outputs.validateCommands).toEqual({
      raw: expect.stringContaining(`--location=${location} `),
      dailyMetrics: expect.stringContaining(`--location=${location} `),
      everyCheck: expect.stringContaining(`BIGQUERY_LOCATION=${location} `),
    });
  }
});

const scheduled = (recording: Recording, displayName: string) =>
  one(recording, gcp.bigquery.DataTransferConfig, { displayName }).inputs;

it("trap 15: no schedule is on the hour, and activity_sync, the metrics and their checks run in this order on the same day", async () => {
  const settings = settingsOf("dev");
  const minutes = Array.from({ length: 60 }, (_, minute) => String(minute).padStart(2, "0"));
  const taken = ["00", "12", "23"].map((hour) =>
    minutes
      .map((minute) => `${hour}:${minute}`)
      .filter((dailyAt) => isRight({ ...settings, "clan-platform:dailyAt": dailyAt })),
  );
  // Enough to choose from.
  expect(taken.map((times) => times.length > 20)).toEqual([true, true, true]);
  // The first, the middle and the last accepted minute of each hour.
  const critical = taken
    .flatMap((times) => [times[0], times.find((time) => time.slice(3) >= "30"), times.at(-1)])
    .filter((time) => time !== undefined);
  for (const dailyAt of critical) {
    const recording = await recordStack("dev", { dailyAt });
    const times = ["activity_sync", "daily_metrics", "daily_metrics_checks"].map((name) =>
      String(scheduled(recording, name).schedule),
    );
    expect(times).toEqual(times.map(() => expect.stringMatching(/^every day \d\d:(?!00)\d\d$/)));
    expect(times[1]).toBe(`every day ${dailyAt}`);
    // A sync before midnight would miss the rest of that day, and checks after midnight would expect a day that has not been
    // computed yet.
    expect(times.toSorted(), "in this order, on the same day").toEqual(times);
    expect(new Set(times).size).toBe(3);
  }
});

function isRight(settings: Record<string, string>): boolean {
  try {
    readSettings(settings);
    return true;
  } catch {
    return false;
  }
}

it("trap 15: a scheduled query may run twice: it replaces the rows it writes, writes nothing the second time, or only reads", () => {
  const writes =
    /\b(merge into|insert into|update|delete from|truncate table|create(?: or replace)? table) (clan_\S+)/g;
  const transaction =
    /begin transaction;\s+update \S+_lock .*;\s+if \(.*is_overtaken.*\) then\s+rollback transaction;\s+leave;\s+end if;\s+(?:--.*\s+)?for merged in [^;]* do\s+set v_days = .*;\s+merge into [\s\S]*?;\s+commit transaction;$/gm;
  const writtenBy = (recording: Recording, displayName: string) =>
    [...String(scheduled(recording, displayName).params.query).matchAll(writes)].map(([, how, table]) => [
      how,
      table,
    ]);
  for (const [, recording] of each) {
    const recomputation = derivedTables.flatMap(({ table: { name } }) => [
      ["insert into", "clan_case_analytics.daily_metrics_lock"],
      ["update", "clan_case_analytics.daily_metrics_lock"],
      ["merge into", `clan_case_analytics.${name}`],
      ["merge into", `clan_case_analytics.${name}_runs`],
    ]);
    expect(writtenBy(recording, "daily_metrics")).toEqual(recomputation);
    for (const name of ["daily_metrics", "activity_sync"]) {
      expect(scheduled(recording, name).params.query).toMatch(
        /when not matched by source and target\.event_date between \w+ and \w+ then delete/,
      );
    }
    expect(writtenBy(recording, "daily_metrics_checks")).toEqual([]);
    expect(writtenBy(recording, "daily_metrics_warnings")).toEqual([]);
    expect(writtenBy(recording, "activity_sync")).toEqual([
      ["insert into", "clan_case_raw.user_daily_metrics_raw_lock"],
      ["update", "clan_case_raw.user_daily_metrics_raw_lock"],
      ["merge into", "clan_case_raw.user_daily_metrics_raw"],
      ["merge into", "clan_case_raw.clans"],
      ["merge into", "clan_case_raw.clan_membership_periods"],
      ["insert into", "clan_case_raw.activity_sync_days"],
      ["insert into", "clan_case_raw.activity_syncs"],
      // Those of erased users, and those of old files.
      ["delete from", "clan_case_raw.user_daily_metrics_rejected"],
      ["delete from", "clan_case_raw.user_daily_metrics_rejected"],
      ...recomputation,
    ]);
    // All or nothing, and nothing if another run was faster.
    expect(String(scheduled(recording, "activity_sync").params.query).match(transaction)).toHaveLength(1);
  }
});

it("trap 16: a scheduled query has no destination other than the tables in its statement", () => {
  for (const [, recording] of each) {
    for (const { inputs } of ofType(recording, gcp.bigquery.DataTransferConfig)) {
      expect(inputs.dataSourceId).toBe("scheduled_query");
      expect(Object.keys(inputs.params)).toEqual(["query"]);
      expect(inputs.destinationDatasetId).toBeUndefined();
    }
  }
});

it("trap 17: grants on datasets are additive, and none is authoritative", () => {
  for (const [, recording] of each) {
    const authoritative = recording.resources.filter(({ type }) =>
      /iam(binding|policy)$|datasetaccess$|authorizeddataset/i.test(type),
    );
    expect(authoritative).toEqual([]);
    for (const { inputs } of ofType(recording, gcp.bigquery.Dataset)) expect(inputs.accesses).toBeUndefined();
    expect(ofType(recording, gcp.bigquery.DatasetIamMember)).toHaveLength(4);
  }
});

it("trap 18: no table has to be replaced to get from its last released schema to the current one", () => {
  for (const [, recording] of each) {
    const tables = ofType(recording, gcp.bigquery.Table).map(({ inputs }) => ({
      name: `${inputs.datasetId}.${inputs.tableId}`,
      columns: JSON.parse(inputs.schema ?? "[]"),
      partitionedBy: inputs.timePartitioning?.field ?? null,
      clusteredBy: inputs.clusterings ?? [],
    }));
    expect(replacements(releasedTables, tables)).toEqual([]);
  }
});

// --- Connections.

it("trap 19: two revisions of the service and a reserve don't exceed the database's connections", () => {
  for (const [, recording] of each) {
    const service = one(recording, gcp.cloudrunv2.Service).inputs.template;
    const { POOL_MAX } = workloadsOf(recording)[0]?.environment ?? {};
    const flags = one(recording, gcp.sql.DatabaseInstance).inputs.settings?.databaseFlags;
    const most = Number(flags?.find(({ name }) => name === "max_connections")?.value);
    const needed = (service?.scaling?.maxInstanceCount ?? Number.NaN) * Number(POOL_MAX) * 2 + 10;
    expect(needed).toBeLessThanOrEqual(most);
  }
  expect(configOf("dev", { maxInstances: 1, poolMax: 7 })).toMatchObject({ maxInstances: 1, poolMax: 7 });
  expect(() => configOf("dev", { maxInstances: 1, poolMax: 8 })).toThrow(
    /up to 26 connections, .* accepts 25/,
  );
});

// --- The connector starves when the CPU is throttled (GoogleCloudPlatform/cloud-sql-nodejs-connector#285).

it("trap 20: the database is reached over the volume's unix socket, or over a private address with TLS", () => {
  for (const [, recording] of each) {
    const instance = one(recording, gcp.sql.DatabaseInstance).inputs;
    const isPrivate = instance.settings?.ipConfiguration?.ipv4Enabled === false;
    expect(isPrivate).toBe(recording === prod || recording === everything);
    for (const { environment, template } of workloadsOf(recording)) {
      const read = "MIGRATION_ROLE" in environment ? parseMigrationConfig : parseConfig;
      const options = connectionOptions(read(environment));
      expect(options).toMatchObject({
        host: isPrivate ? "10.20.0.3" : `/cloudsql/${project}:europe-west1:${instance.name}`,
        user: template.serviceAccount?.replace(".gserviceaccount.com", ""),
        database: one(recording, gcp.sql.Database).inputs.name,
        // Requests an access token.
        password: expect.any(Function),
      });
      const network = {
        networkInterfaces: [{ network: "network-id", subnetwork: "network-subnet-id" }],
        egress: "PRIVATE_RANGES_ONLY",
      };
      expect(template.vpcAccess).toEqual(isPrivate ? network : undefined);
      if (isPrivate) expect(options.ssl).toMatchObject({ ca: expect.stringMatching(/now[\s\S]*next/) });
    }
  }
  const { dependencies } = JSON.parse(readFileSync(join(contextFolder, "service/package.json"), "utf8"));
  expect(dependencies).not.toHaveProperty("@google-cloud/cloud-sql-connector");
});

it("trap 21: health checks use paths that don't end in z, which Cloud Run reserves", () => {
  const paths = each.flatMap(([, { resources }]) =>
    resources
      .flatMap(({ inputs }) => leaves(inputs))
      .filter(([place]) => /(httpGet|httpCheck)\.path$/.test(place))
      .map(([, path]) => String(path)),
  );
  expect(new Set(paths)).toEqual(new Set(["/health/ready", "/health/live"]));
  for (const path of new Set(paths)) expect(path).not.toMatch(/z$/);
});

// --- What replaces the database instance.

/** The names that a resource is looked up by in the state. */
const found = ({ name, aliases }: { name: string; aliases: { name: string }[] }) => [
  name,
  ...aliases.map((alias) => alias.name),
];

it("trap 22: another region, or a public instead of a private network, gives the instance another name, and nothing else does", async () => {
  const suffixOf = (recording: Recording) =>
    ofType(recording, RandomId).find(({ name }) => name.startsWith("database-suffix")) ??
    expect.fail("no suffix");
  const moved = suffixOf(
    await recordStack("prod", { "gcp:region": "europe-west4", databaseTier: "db-custom-4-15360" }),
  );
  const [publicly, privately] = [suffixOf(dev), suffixOf(prod)];
  expect(found(publicly)).not.toContain(privately.name);
  expect(found(moved)).not.toContain(privately.name);
  // Possible in place.
  expect(found(privately)).toContain(publicly.name);
  // From before the name of the suffix had a region and a network.
  for (const suffix of [publicly, privately, moved]) expect(found(suffix)).toContain("database-suffix");
});

it("trap 22: the migration runs again for a new instance, although the image is the same", () => {
  for (const [stack, recording] of each) {
    const { name } = one(recording, gcp.sql.DatabaseInstance).inputs;
    const { runExecutionToken = "", name: job } = one(recording, gcp.cloudrunv2.Job, {
      name: "clan-migration",
    }).inputs;
    expect(runExecutionToken, stack).toContain(String(name));
    // Cloud Run's limit for an execution's name.
    expect(`${job}-${runExecutionToken}`.length).toBeLessThan(63);
  }
});

// --- The Docker provider hashes modes, and a content hash doesn't.

it("trap 23: modes, times and dotfiles of the checkout change neither the build context nor the tag", () => {
  const folder = smallContext();
  const before = contentHash(folder);
  for (const file of ["service/src/.DS_Store", "contract/.env", "contract/.cache/x.ts"])
    put(folder, file, "x");
  const umask = process.umask(0o077);
  onTestFinished(() => void process.umask(umask));
  for (const file of contextFiles(folder)) {
    chmodSync(join(folder, file), 0o600);
    utimesSync(join(folder, file), 1, 1);
  }
  const { path, hash } = stageContext("service", folder, join(folder, "staged"));
  expect(hash).toBe(before);
  const entries = readdirSync(path, { recursive: true, withFileTypes: true });
  expect(entries.filter(({ name }) => name.startsWith("."))).toEqual([]);
  for (const entry of entries) {
    const { mode, mtime } = statSync(join(entry.parentPath, entry.name));
    expect(mode & 0o777, entry.name).toBe(entry.isDirectory() ? 0o755 : 0o644);
    expect(mtime, entry.name).toEqual(new Date("2000-01-01T00:00:00Z"));
  }
});

it("trap 23: the staged context has its hash for a name, is restored when it was changed, and replaces the last one", () => {
  const folder = smallContext();
  const parent = join(folder, "staged");
  put(folder, "service/src/gone.ts", "x");
  const before = stageContext("service", folder, parent);
  rmSync(join(folder, "service/src/gone.ts"));
  const after = stageContext("service", folder, parent);
  expect(after.hash).not.toBe(before.hash);
  expect(existsSync(join(after.path, "service/src/gone.ts"))).toBe(false);
  expect(readdirSync(parent)).toEqual([after.hash]);
  chmodSync(join(after.path, "package.json"), 0o664);
  expect(stagedHash(after.path)).not.toBe(after.hash);
  expect(stageContext("service", folder, parent)).toEqual(after);
  expect(stagedHash(after.path)).toBe(after.hash);
});

it.each([".dockerignore", "dashboard/Dockerfile.dockerignore"])(
  "trap 23: %s leaves out dotfiles such as .env, tests and installed packages, also of a build from the repository",
  (path) => {
    const patterns = readFileSync(join(contextFolder, path), "utf8").split("\n").filter(Boolean);
    // Docker takes the last pattern that matches.
    const last = patterns.slice(patterns.findLastIndex((pattern) => pattern.startsWith("!")) + 1);
    expect(last).toEqual(expect.arrayContaining(["**/.*", "**/*.test.ts", "**/node_modules/**"]));
  },
);

it("trap 23: the image is built from the staged context", () => {
  const { path } = stageContext("service");
  for (const [, recording] of each) {
    expect(one(recording, docker.Image).inputs.build).toMatchObject({
      context: relative(process.cwd(), path),
      dockerfile: relative(process.cwd(), join(path, "service/Dockerfile")),
    });
  }
});

it.each([
  ["service", "clan-service: DATABASE_URL is not set"],
  ["dashboard", "clan-dashboard: GOOGLE_CLOUD_PROJECT is not set"],
])(
  "trap 23: the Dockerfile of %s sets modes too, for builds from the repository, and shows why its warm-up failed",
  (workspace, awaited) => {
    const dockerfile = readFileSync(join(contextFolder, `${workspace}/Dockerfile`), "utf8")
      .split(/^FROM .*$/m)
      .at(-1);
    const copies = dockerfile?.match(/^COPY (?!--from).*$/gm) ?? [];
    expect(copies.length).toBeGreaterThan(3);
    expect(copies.filter((copy) => !copy.startsWith("COPY --chmod=755 "))).toEqual([]);
    const warmUp = /^RUN (output=.*)$/m.exec(dockerfile ?? "")?.[1] ?? "";
    const folder = smallContext();
    const run = (output: string) => {
      put(folder, "node", `#!/bin/sh\necho "${output}" >&2; exit 1\n`);
      chmodSync(join(folder, "node"), 0o755);
      const { status, stdout } = spawnSync("/bin/sh", ["-c", warmUp], {
        env: { PATH: folder },
        encoding: "utf8",
      });
      return { status, stdout: stdout.trim() };
    };
    expect(run("EACCES: permission denied")).toEqual({ status: 1, stdout: "EACCES: permission denied" });
    expect(run(awaited)).toMatchObject({ status: 0 });
  },
);

const privateAndProtected = {
  project,
  region: "europe-west1",
  network: "private",
  location: "EU",
} as const;

it.each([
  [{ network: "public" }, /network is public, and the database is private.*docs\/replace-database\.md/],
  [{ "gcp:region": "europe-west4" }, /region is europe-west4, and the database is in europe-west1/],
  [{ "gcp:project": "another-game" }, /project is another-game, and the database is in game-test/],
])("trap 22: with protect, %o is refused, with the way to move the data", async (change, reason) => {
  await expect(placementCheck(configOf("prod", change), privateAndProtected)).rejects.toThrow(reason);
  await expect(placementCheck(configOf("prod", change), privateAndProtected)).rejects.toThrow(
    /create the new instance beside the old one, export and import the data, and switch over/,
  );
  const warnings = warningsOf();
  await placementCheck(configOf("prod", { ...change, replaceDatabase: true }), privateAndProtected);
  await placementCheck(configOf("prod", { ...change, protect: false }), privateAndProtected);
  expect(warnings.mock.calls).toEqual([
    [expect.stringMatching(/empty database; the old instance keeps running outside the stack/)],
    [expect.stringMatching(/empty database; the old instance is deleted, and only its backups remain/)],
  ]);
});

it("trap 22: a first update, one that changes nothing, and a database that becomes private are neither refused nor warned of", async () => {
  const warnings = warningsOf();
  await placementCheck(configOf("prod"), undefined);
  await placementCheck(configOf("prod"), privateAndProtected);
  await placementCheck(configOf("prod"), { ...privateAndProtected, network: "public" });
  expect(warnings).not.toHaveBeenCalled();
});

it("trap 22: the program compares its settings with the last update's output", async () => {
  const warnings = warningsOf();
  expect(prod.outputs.placement).toEqual(privateAndProtected);
  await recordStack("dev", {}, { placement: privateAndProtected });
  expect(warnings).toHaveBeenCalledTimes(1);
});

it("trap 22: replaceDatabase lifts Pulumi's protection of what is replaced, and leaves the old instance running and protected by Google", async () => {
  const replacing = await recordStack("prod", { ...everyExtra, replaceDatabase: true });
  const kept = ofTypes(replacing, [gcp.sql.DatabaseInstance, gcp.sql.Database]);
  expect(kept.map(({ protect, retainOnDelete }) => [protect, retainOnDelete])).toEqual([
    [false, true],
    [false, true],
  ]);
  const { deletionProtection, settings } = one(replacing, gcp.sql.DatabaseInstance).inputs;
  expect([deletionProtection, settings?.deletionProtectionEnabled]).toEqual([true, true]);
  const follow = ofTypes(replacing, [gcp.sql.User, gcp.cloudrunv2.Service, gcp.cloudrunv2.Job]);
  expect(follow.filter(({ protect }) => protect)).toEqual([]);
  for (const resource of ofTypes(replacing, [gcp.bigquery.Dataset, gcp.bigquery.Table])) {
    expect(resource.protect, resource.name).toBe(true);
  }
  // But for what Google's agents in the project may do (trap 38).
  const retained = customResources(prod).filter(({ retainOnDelete }) => retainOnDelete);
  expect(retained.filter(({ name }) => !/^agent-\w+-role$/.test(name))).toEqual([]);
});

const warningsOf = () => {
  const spy = vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  onTestFinished(() => spy.mockRestore());
  return spy;
};

async function placementCheck(config: Config, before: Placement | undefined): Promise<void> {
  const outputs = before ? { placement: before } : {};
  await pulumi.runtime.setMocks(fakeProvider(project, outputs), "clan-platform", "prod", false, "studio");
  checkPlacement(config, (await readLastUpdate()).placement);
}

it("trap 26: another location is refused with the reason, whether protected or not, because the datasets exist", async () => {
  for (const protect of [true, false]) {
    const american = { location: "US", "gcp:region": "us-central1", protect };
    await expect(placementCheck(configOf("prod", american), privateAndProtected)).rejects.toThrow(
      /location is US, and the datasets are in EU: BigQuery can't move a dataset.*409.*Set it back to EU/,
    );
  }
});

it("trap 27: every login whose roles the migration creates waits until the migration has succeeded", () => {
  for (const [stack, recording] of each) {
    const logins = ofType(recording, gcp.sql.User).filter(({ inputs }) =>
      inputs.databaseRoles?.some((role) => role.startsWith("clan_")),
    );
    for (const { name, beforeChange } of logins) {
      expect(beforeChange, `${stack}: ${name}`).toContain("migration-succeeded");
    }
    // The service's own, BigQuery's, and each reader's.
    expect(logins).toHaveLength(recording === everything ? 3 : 2);
  }
});

// --- The command line and its files.

it("trap 24: committed settings are texts, as stack init writes them, and the tear-down keeps their file", () => {
  for (const stack of ["dev", "prod"]) {
    const { config } = parseYaml(readFileSync(join(contextFolder, `Pulumi.${stack}.yaml`), "utf8"));
    const scalars = Object.entries(config).filter(([, value]) => typeof value !== "object");
    expect(scalars.filter(([, value]) => typeof value !== "string")).toEqual([]);
  }
  const page = readFileSync(join(contextFolder, "docs/operate.md"), "utf8");
  const removals = page.match(/stack rm[^`]*/g) ?? [];
  expect(new Set(removals)).toEqual(new Set(["stack rm --preserve-config"]));
});

const pulumiProject = parseYaml(readFileSync(join(contextFolder, "Pulumi.yaml"), "utf8"));

it("trap 25: no preview lists Compute Engine's regions, and warns if that API is not enabled", () => {
  expect(pulumiProject.config["gcp:skipRegionValidation"]).toEqual({ value: "true" });
  // The region is still checked for its form.
  expect(() => configOf("prod", { "gcp:region": "Belgium" })).toThrow(/gcp:region/);
});

it.each(["dev", "prod"] as const)(
  "trap 25: a first preview of %s, and one that changes nothing, log no warning",
  async (stack) => {
    const warnings = warningsOf();
    const { outputs } = await recordStack(stack, {}, {}, { isPreview: true });
    await recordStack(stack, {}, outputs, { isPreview: true });
    expect(warnings).not.toHaveBeenCalled();
  },
);

it.each([".", "infra"])(
  "trap 28: on a Node without TypeScript, run in %s, the program ends with a sentence",
  (folder) => {
    const args = [...pulumiProject.runtime.options.nodeargs.split(" "), "--eval", "console.log('runs')"];
    const run = (...options: string[]) =>
      spawnSync(process.execPath, [...options, ...args], {
        cwd: join(contextFolder, folder),
        encoding: "utf8",
      });
    expect(run()).toMatchObject({ status: 0, stdout: "runs\n", stderr: "" });
    expect(run("--no-experimental-strip-types")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^Pulumi runs this program on Node [\d.]+, which can't run TypeScript: .*npm exec -c 'pulumi up'\.\n$/,
      ),
    });
  },
);

// --- What is deleted, and what stays reserved.

it("trap 30: the instance's backups outlive it, and a last one is made when it is deleted", () => {
  for (const [stack, recording] of each) {
    const { settings } = one(recording, gcp.sql.DatabaseInstance).inputs;
    expect(settings?.retainBackupsOnDelete, stack).toBe(true);
    expect(settings?.finalBackupConfig, stack).toEqual({ enabled: true, retentionDays: 30 });
  }
});

it("trap 31: no scheduled query e-mails its service account, and alerts report failed and missing runs of each", () => {
  for (const [stack, recording] of each) {
    const policies = ofType(recording, gcp.monitoring.AlertPolicy).flatMap(({ inputs }) =>
      inputs.conditions.map(({ conditionThreshold }) => conditionThreshold),
    );
    for (const { inputs } of ofType(recording, gcp.bigquery.DataTransferConfig)) {
      // Off by default.
      expect(inputs.emailPreferences).toBeUndefined();
      const own = policies.filter((threshold) =>
        threshold?.filter?.includes(`"id-of-${inputs.displayName}"`),
      );
      const states = own.map((threshold) => [
        /completion_state(\S+)$/.exec(threshold?.filter ?? "")?.[1],
        threshold?.comparison,
      ]);
      expect(states, `${stack}: ${inputs.displayName}`).toEqual(
        expect.arrayContaining([
          ['!="SUCCEEDED"', "COMPARISON_GT"],
          ['="SUCCEEDED"', "COMPARISON_LT"],
        ]),
      );
    }
  }
  const { notificationChannels } = ofType(everything, gcp.monitoring.AlertPolicy)[0]?.inputs ?? {};
  expect(notificationChannels).not.toEqual([]);
});

it("trap 32: custom roles have ids that were never used before, because those of deleted roles stay reserved", () => {
  const roles = ofType(everything, gcp.projects.IAMCustomRole);
  expect(roles.map(({ inputs }) => inputs.roleId).sort()).toEqual([
    "clanPlatformDeployer_5eed01",
    "clanPlatformDriftChecker_5eed01",
    "clanPlatformPreviewer_5eed01",
  ]);
  const suffix = ofType(everything, RandomId).find(({ name }) => name === "deployer-suffix");
  for (const role of roles) expect(role.dependsOn).toContain(suffix?.urn);
});

it("trap 33: the provider is new enough to see changes of the instance's settings", () => {
  const wanted = JSON.parse(readFileSync(join(import.meta.dirname, "package.json"), "utf8")).devDependencies[
    "@pulumi/gcp"
  ];
  const installed = createRequire(import.meta.url)("@pulumi/gcp/package.json").version;
  expect(wanted).toMatch(/^\d+\.\d+\.\d+$/);
  expect(installed).toBe(wanted);
  expect(wanted.localeCompare("9.36.1", "en", { numeric: true })).toBeGreaterThanOrEqual(0);
});

// --- A token that Google forgets (GoogleCloudPlatform/magic-modules#19060).

it("trap 37: nothing but a deployment executes a job with an execution token, which would be missing at the next refresh", () => {
  for (const [stack, recording] of each) {
    const withToken = ofType(recording, gcp.cloudrunv2.Job).filter(({ inputs }) => inputs.runExecutionToken);
    expect(
      withToken.map(({ inputs }) => inputs.name),
      stack,
    ).toEqual(["clan-migration"]);
    const executed = [
      ...ofType(recording, gcp.cloudscheduler.Job).map(({ inputs }) => inputs?.httpTarget?.uri),
      ...ofType(recording, gcp.cloudrunv2.JobIamMember).map(({ inputs }) => inputs.name),
    ];
    expect(executed.length, stack).toBeGreaterThan(1);
    expect(executed.filter((job) => job?.includes("clan-migration"))).toEqual([]);
  }
});

// --- An agent that is created on request has no role (https://docs.cloud.google.com/iam/docs/create-service-agents).

it("trap 38: Google's agents have the roles that Google grants to those it creates itself, before they are needed, and keep them", () => {
  const roles = {
    "gcp-sa-bigquerydatatransfer": "bigquerydatatransfer.serviceAgent",
    "gcp-sa-monitoring-notification": "monitoring.notificationServiceAgent",
    "serverless-robot-prod": "run.serviceAgent",
  };
  for (const [stack, recording] of each) {
    const granted = Object.entries(roles).flatMap(([domain, role]) =>
      grantsOf(recording).filter((grant) => grant.member === serviceAgent(domain) && grant.role === role),
    );
    // Public access needs no identity of the uptime check.
    expect(granted.length, stack).toBe(recording === open ? 2 : 3);
    for (const { on, target, resource } of granted) {
      expect([on, target, resource.retainOnDelete], resource.name).toEqual(["projects", project, true]);
    }
    const ofRun = granted.filter(({ role }) => role === "run.serviceAgent");
    for (const workload of workloadsOf(recording)) {
      const needed = ofRun.map(({ resource }) => resource);
      expect(unawaited(recording, workload, needed), `${stack}: ${workload.name}`).toEqual([]);
    }
    const ofTransfers = granted.filter(({ role }) => role === "bigquerydatatransfer.serviceAgent");
    for (const query of ofType(recording, gcp.bigquery.DataTransferConfig)) {
      const needed = ofTransfers.map(({ resource }) => resource);
      expect(unawaited(recording, query, needed), `${stack}: ${query.name}`).toEqual([]);
    }
    const ofMonitoring = granted.filter(({ role }) => role === "monitoring.notificationServiceAgent");
    const invokes = grantsOf(recording).filter(
      ({ member, role }) =>
        role === "run.invoker" && member === serviceAgent("gcp-sa-monitoring-notification"),
    );
    const needed = [...ofMonitoring, ...invokes].map(({ resource }) => resource);
    expect(needed.length, stack).toBe(recording === open ? 0 : 2);
    expect(unawaited(recording, one(recording, gcp.monitoring.UptimeCheckConfig), needed), stack).toEqual([]);
  }
});

// --- A block of nothing but false, 0 or "" is neither sent nor read back.

it("trap 39: no resource has a block that only says false, 0 or nothing, because the provider drops it, and each up would add it", () => {
  const isZero = (value: unknown): boolean =>
    typeof value === "object" && value !== null ? Object.values(value).every(isZero) : !value;
  const zeroBlocks = (value: unknown, path: string): string[] => {
    if (typeof value !== "object" || value === null) return [];
    const isBlock = path !== "" && !Array.isArray(value);
    if (isBlock && isZero(value)) return [path];
    return Object.entries(value).flatMap(([key, item]) => zeroBlocks(item, `${path}.${key}`));
  };
  expect(zeroBlocks({ off: { a: false, b: [{ c: 0 }] }, on: { a: false, b: 1 }, list: [] }, "")).toEqual([
    ".off",
  ]);
  for (const [stack, recording] of each) {
    const blocks = customResources(recording).flatMap(({ name, inputs }) =>
      zeroBlocks(inputs, "").map((path) => name + path),
    );
    expect(blocks, stack).toEqual([]);
  }
});

// --- A peering outlives its network (hashicorp/terraform-provider-google#3294).

it("trap 40: a private network is created again, although Google still has the peering of the last one", () => {
  for (const recording of [prod, everything]) {
    expect(one(recording, gcp.servicenetworking.Connection).inputs).toMatchObject({
      // Refused for days after the instance is deleted (hashicorp/terraform-provider-google#16275).
      deletionPolicy: "ABANDON",
      updateOnCreationFail: true,
    });
  }
});

// --- The page about them.

// --- Metrics computed from expired partitions are empty (https://cloud.google.com/bigquery/docs/managing-partitioned-tables).

it("trap 34: raw activity alone expires, and no run recomputes a day that has expired", async () => {
  const longestWindow = 90;
  const recording = await recordStack("prod", { rawRetentionDays: 160, windowDays: longestWindow });
  const expiring = ofType(recording, gcp.bigquery.Table).filter(
    ({ inputs }) => inputs.timePartitioning?.expirationMs || inputs.expirationTime,
  );
  expect(expiring.map(({ name }) => name)).toEqual(["user_daily_metrics_raw"]);
  for (const { inputs } of ofType(recording, gcp.bigquery.Dataset)) {
    expect(inputs).not.toHaveProperty("defaultPartitionExpirationMs");
    expect(inputs).not.toHaveProperty("defaultTableExpirationMs");
  }
  for (const query of ["activity-sync", "daily-metrics"]) {
    const script = one(recording, gcp.bigquery.DataTransferConfig, {
      displayName: query.replace("-", "_"),
    }).inputs.params.query;
    const kept = [...String(script).matchAll(/delete from days_to_recompute\nwhere .* interval (\d+) day/g)];
    expect(kept.map(([, days]) => Number(days))).toEqual(
      derivedTables.map(({ daysAfter }) => 158 - daysAfter),
    );
    // Whatever the window, its days are among them, with the days before that each counts.
    expect(Math.min(...kept.map(([, days]) => Number(days)))).toBeGreaterThanOrEqual(longestWindow);
  }
});

it("docs/traps.md has every trap, with its test, in order, and no others", () => {
  const page = readFileSync(join(contextFolder, "docs/traps.md"), "utf8");
  const rows = Array.from(page.matchAll(/^\| (\d+) \|(.*)\|$/gm), ([, number, cells = ""]) => {
    const [symptom = "", cause = "", response = "", test = ""] = cells
      .split(" | ")
      .map((cell) => cell.trim());
    return { number: Number(number), symptom, cause, response, test };
  });
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 41 }, (_, at) => at + 1));
  for (const { number, symptom, cause, response, test } of rows) {
    expect(cause, `cause of trap ${number}`).toMatch(/https:\/\/|\(seen|\(believed/);
    expect(
      [symptom, response, test].filter((text) => text === ""),
      `trap ${number}`,
    ).toEqual([]);
  }
  // Trap 29 is the service's own.
  const here = rows.filter(({ number }) => number !== 29);
  const tests = readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith(".test.ts"))
    .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
    .join("\n");
  const tested = new Set(Array.from(tests.matchAll(/"trap (\d+): /g), ([, number]) => Number(number)));
  expect([...tested].sort((a, b) => a - b)).toEqual(here.map(({ number }) => number));
  for (const { number, test } of here) expect(tests).toContain(`"trap ${number}: ${test}"`);
  expect(rows[28]?.test).toBe("stops when SIGTERM arrives during the start");
});
