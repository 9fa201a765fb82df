import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "@clan-platform/service/config.ts";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import { RandomPassword } from "@pulumi/random";
import { describe, expect, it } from "vitest";
import { contextFolder } from "./image-context.ts";
import type { Recording } from "./recording/record.ts";
import { runningOn } from "./testing/cloud-run.ts";
import { grantsOf, rightsOf } from "./testing/grants.ts";
import { everyExtra, leaves, ofType, one, project, publicAccess, recordStack } from "./testing/recorded.ts";

// The properties that CIS's benchmark for Google Cloud and scanners ask for, and what every grant comes to.

const dev = await recordStack("dev");
const prod = await recordStack("prod");
const everything = await recordStack("prod", everyExtra);
const open = await recordStack("dev", publicAccess);
const each = Object.entries({ dev, prod, everything, open });
const isSmall = (recording: Recording) => recording === dev || recording === open;

const account = (id: string) => `serviceAccount:${id}@${project}.iam.gserviceaccount.com`;
const serviceAgent = (domain: string) => account(`service-123456789012@${domain}`).replace(`@${project}`, "");

describe("the SQL instance", () => {
  const instances = each.map(([stack, recording]) => {
    const { inputs } = one(recording, gcp.sql.DatabaseInstance);
    return { stack, isSmall: isSmall(recording), inputs, settings: inputs.settings };
  });

  it("is PostgreSQL 18", () => {
    for (const { inputs } of instances) expect(inputs.databaseVersion).toBe("POSTGRES_18");
  });

  it("lets no address in by itself", () => {
    for (const { settings } of instances) {
      expect(settings?.ipConfiguration).not.toHaveProperty("authorizedNetworks");
    }
  });

  it("takes encrypted connections only", () => {
    for (const { settings } of instances) {
      expect(["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]).toContain(
        settings?.ipConfiguration?.sslMode,
      );
    }
  });

  it("has no public address in prod, but one that BigQuery reaches too", () => {
    for (const recording of [prod, everything]) {
      const { inputs, dependsOn } = one(recording, gcp.sql.DatabaseInstance);
      expect(inputs.settings?.ipConfiguration).toMatchObject({
        ipv4Enabled: false,
        privateNetwork: "network-id",
        enablePrivatePathForGoogleCloudServices: true,
      });
      expect(dependsOn).toContain(one(recording, gcp.servicenetworking.Connection).urn);
    }
  });

  it("is backed up every day, and to the second for seven days", () => {
    for (const { settings } of instances) {
      expect(settings?.backupConfiguration).toMatchObject({
        enabled: true,
        pointInTimeRecoveryEnabled: true,
        transactionLogRetentionDays: 7,
        backupRetentionSettings: { retentionUnit: "COUNT" },
      });
      const kept = settings?.backupConfiguration?.backupRetentionSettings?.retainedBackups;
      expect(kept).toBeGreaterThanOrEqual(7);
    }
  });

  it("logs what CIS asks for, and lets accounts of IAM log in", () => {
    for (const { isSmall, settings } of instances) {
      const flags = (settings?.databaseFlags ?? []).map(({ name, value }) => [name, value]);
      expect(Object.fromEntries(flags)).toEqual({
        "cloudsql.enable_pgaudit": "on",
        "cloudsql.iam_authentication": "on",
        log_checkpoints: "on",
        log_connections: "on",
        log_disconnections: "on",
        log_lock_waits: "on",
        log_min_duration_statement: "-1",
        log_min_error_statement: "error",
        log_min_messages: "warning",
        log_statement: "ddl",
        log_temp_files: "0",
        max_connections: isSmall ? "25" : "400",
      });
    }
  });

  it("is in two zones in prod", () => {
    for (const { stack, isSmall, settings } of instances) {
      expect(settings?.availabilityType, stack).toBe(isSmall ? "ZONAL" : "REGIONAL");
    }
  });

  it("has query insights, a disk that grows to a limit, and an hour for maintenance", () => {
    for (const { settings } of instances) {
      expect(settings).toMatchObject({
        insightsConfig: { queryInsightsEnabled: true },
        diskAutoresize: true,
        maintenanceWindow: { day: expect.any(Number), hour: expect.any(Number), updateTrack: "stable" },
      });
      expect(settings?.diskAutoresizeLimit).toBeGreaterThanOrEqual(settings?.diskSize ?? Number.NaN);
    }
  });

  it("keeps the size that its disk has grown to", () => {
    for (const [, recording] of each) {
      expect(one(recording, gcp.sql.DatabaseInstance).ignoreChanges).toEqual(["settings.diskSize"]);
    }
  });
});

describe("logins to the database", () => {
  const loginsOf = (recording: Recording) =>
    ofType(recording, gcp.sql.User)
      .map(({ inputs: { name = "", type = "", databaseRoles = [] } }) => [name, type, ...databaseRoles])
      .sort();
  const own = [
    ["bigquery", "BUILT_IN", "clan_reader"],
    [`clan-migration@${project}.iam`, "CLOUD_IAM_SERVICE_ACCOUNT", "cloudsqlsuperuser"],
    [`clan-service@${project}.iam`, "CLOUD_IAM_SERVICE_ACCOUNT", "clan_app"],
  ];

  it("are accounts of IAM, and BigQuery's own, with one role each", () => {
    for (const recording of [dev, prod, open]) expect(loginsOf(recording)).toEqual(own);
    expect(loginsOf(everything)).toEqual([["ada@example.com", "CLOUD_IAM_USER", "clan_viewer"], ...own]);
  });

  it("have roles that are there: Cloud SQL's, and those that the migrations make", () => {
    const folder = join(contextFolder, "service/migrations");
    const migrations = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const made = migrations.join("\n").match(/(?<=create role )\w+/g) ?? [];
    const roles = ofType(everything, gcp.sql.User).flatMap(({ inputs }) => inputs.databaseRoles ?? []);
    expect(["cloudsqlsuperuser", ...made]).toEqual(expect.arrayContaining(roles));
  });

  it("have no password, but for BigQuery's, which knows no other: a random one that its connection alone has too", () => {
    for (const [, recording] of each) {
      const withPassword = ofType(recording, gcp.sql.User).filter(({ inputs }) =>
        Object.keys(inputs).some((name) => /password/i.test(name)),
      );
      expect(withPassword.map(({ inputs }) => inputs.name)).toEqual(["bigquery"]);
      const { inputs, urn } = one(recording, RandomPassword);
      expect(inputs.length).toBeGreaterThanOrEqual(32);
      expect(Object.keys(inputs).sort()).toEqual(["length", "special"]);
      const dependent = recording.resources.filter(({ inputs }) =>
        leaves(inputs).some(([, value]) => value === "a-random-password"),
      );
      const holders = [one(recording, gcp.bigquery.Connection), ...withPassword];
      expect(dependent.map((holder) => holder.urn).sort()).toEqual(
        holders.map((holder) => holder.urn).sort(),
      );
      for (const { dependsOn } of holders) expect(dependsOn).toContain(urn);
      for (const { environment } of runningOn(recording)) {
        const { username, password } = new URL(environment.DATABASE_URL ?? "");
        expect([username, password]).toEqual([expect.stringContaining(project), ""]);
      }
    }
  });
});

describe("what runs on Cloud Run", () => {
  it("has an account of its own, which may reach the database and nothing else", () => {
    for (const [, recording] of each) {
      const accounts = runningOn(recording).map(
        ({ template }) => `serviceAccount:${template.serviceAccount}`,
      );
      expect(accounts).toEqual([account("clan-service"), account("clan-migration")]);
      for (const member of accounts) {
        expect(rightsOf(recording, member)).toEqual([
          `cloudsql.client on projects ${project}`,
          `cloudsql.instanceUser on projects ${project}`,
        ]);
      }
    }
  });

  it("is an image by its digest", () => {
    for (const [, recording] of each) {
      const images = runningOn(recording).map(({ container }) => container.image);
      expect(images).toEqual(images.map(() => expect.stringMatching(/@sha256:[0-9a-f]{64}$/)));
    }
  });

  it("is asked whether it is ready, for as long as Cloud Run waits at most, and whether it is alive", () => {
    for (const [, recording] of each) {
      const { startupProbe, livenessProbe } =
        one(recording, gcp.cloudrunv2.Service).inputs.template.containers?.[0] ?? {};
      expect(startupProbe?.httpGet).toEqual({ path: "/health/ready" });
      expect(livenessProbe?.httpGet).toEqual({ path: "/health/live" });
      const { failureThreshold = 0, periodSeconds = 0 } = startupProbe ?? {};
      expect(failureThreshold * periodSeconds).toBeGreaterThanOrEqual(60);
      expect(failureThreshold * periodSeconds).toBeLessThanOrEqual(240);
      for (const probe of [startupProbe, livenessProbe]) {
        expect(probe?.timeoutSeconds).toBeLessThanOrEqual(probe?.periodSeconds ?? Number.NaN);
        expect(probe?.failureThreshold).toBeGreaterThan(1);
      }
    }
  });

  it("says its time-outs, retries, concurrency, instances, size and ingress", () => {
    const limits = { cpu: "1", memory: "512Mi" };
    for (const [, recording] of each) {
      expect(one(recording, gcp.cloudrunv2.Service).inputs).toMatchObject({
        ingress: "INGRESS_TRAFFIC_ALL",
        template: {
          timeout: expect.stringMatching(/^\d+s$/),
          maxInstanceRequestConcurrency: 80,
          scaling: isSmall(recording)
            ? { minInstanceCount: 0, maxInstanceCount: 2 }
            : { minInstanceCount: 1, maxInstanceCount: 10 },
          containers: [{ resources: { limits, cpuIdle: true } }],
        },
        traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
      });
      expect(one(recording, gcp.cloudrunv2.Job).inputs.template.template).toMatchObject({
        timeout: expect.stringMatching(/^\d+s$/),
        maxRetries: expect.any(Number),
        containers: [{ resources: { limits } }],
      });
    }
  });

  it("listens where Cloud Run sends requests, and gives up on none before Cloud Run does", () => {
    for (const [, recording] of each) {
      const { template, container, environment } = runningOn(recording)[0] ?? {};
      const { PORT, IMPORT_TIMEOUT_MS, TRUSTED_PROXIES } = parseConfig(environment ?? {});
      expect(container).toMatchObject({ ports: { containerPort: PORT } });
      expect(Number.parseInt(template?.timeout ?? "", 10) * 1_000).toBeGreaterThan(IMPORT_TIMEOUT_MS);
      expect(TRUSTED_PROXIES).toBe(1);
    }
  });

  it("takes writes only with an API key when everybody may call", () => {
    const keysOf = (recording: Recording) => parseConfig(runningOn(recording)[0]?.environment ?? {}).API_KEYS;
    expect(keysOf(open)).toEqual(publicAccess.apiKeyHashes);
    expect([keysOf(dev), keysOf(prod)]).toEqual([undefined, undefined]);
  });
});

describe("images", () => {
  it("are kept under tags that don't change, are scanned, and go when they are old", () => {
    for (const [, recording] of each) {
      expect(one(recording, gcp.artifactregistry.Repository).inputs).toMatchObject({
        format: "DOCKER",
        dockerConfig: { immutableTags: true },
        vulnerabilityScanningConfig: { enablementConfig: "INHERITED" },
        cleanupPolicies: [
          { action: "KEEP", mostRecentVersions: { keepCount: 10 } },
          { action: "DELETE", condition: { tagState: "ANY", olderThan: `${30 * 86_400}s` } },
        ],
      });
    }
  });

  it("are read by Cloud Run's agent, and written by the deployer", () => {
    for (const [stack, recording] of each) {
      const rights = grantsOf(recording)
        .filter(({ on }) => on === "artifactregistry")
        .map(({ role, member }) => [role, member])
        .sort();
      const reader = ["artifactregistry.reader", serviceAgent("serverless-robot-prod")];
      const writer = ["artifactregistry.writer", account("clan-deployer")];
      expect(rights, stack).toEqual(stack === "everything" ? [reader, writer] : [reader]);
    }
  });
});

describe("the warehouse", () => {
  it("is in the EU, can be taken back seven days, and is emptied by destroy only when it is not protected", () => {
    for (const [, recording] of each) {
      const datasets = ofType(recording, gcp.bigquery.Dataset).map(({ inputs }) => inputs);
      expect(datasets.map(({ datasetId }) => datasetId).sort()).toEqual([
        "clan_case_analytics",
        "clan_case_raw",
      ]);
      for (const dataset of datasets) {
        expect(dataset).toMatchObject({
          location: "EU",
          maxTimeTravelHours: "168",
          deleteContentsOnDestroy: isSmall(recording),
        });
      }
    }
  });

  it("is read and written by the accounts of its scheduled queries alone, and raw by no account that reads it", () => {
    for (const [, recording] of each) {
      const rights = grantsOf(recording)
        .filter(({ on }) => on === "bigquery")
        .map(({ member, role, target }) => [member, role, target])
        .sort();
      expect(rights).toEqual([
        [account("clan-metrics"), "bigquery.dataEditor", "clan_case_analytics"],
        [account("clan-metrics"), "bigquery.dataViewer", "clan_case_raw"],
        [account("clan-sync"), "bigquery.connectionUser", "clan-activity"],
        [account("clan-sync"), "bigquery.dataEditor", "clan_case_raw"],
      ]);
    }
  });

  it("asks every query of the raw table for its days", () => {
    for (const [, recording] of each) {
      const raw = one(recording, gcp.bigquery.Table, { tableId: "user_daily_metrics_raw" }).inputs;
      expect(raw).toMatchObject({
        requirePartitionFilter: true,
        timePartitioning: { type: "DAY", field: "event_date" },
      });
      expect(raw.timePartitioning).not.toHaveProperty("requirePartitionFilter");
    }
  });

  it("runs its scheduled queries as accounts that may do no more than they need, and tells when one fails", () => {
    for (const [, recording] of each) {
      for (const { inputs } of ofType(recording, gcp.bigquery.DataTransferConfig)) {
        const id = inputs.displayName === "activity_sync" ? "clan-sync" : "clan-metrics";
        expect(`serviceAccount:${inputs.serviceAccountName}`).toBe(account(id));
        expect(inputs.emailPreferences).toEqual({ enableFailureEmail: true });
      }
      expect(rightsOf(recording, account("clan-metrics"))).toEqual([
        "bigquery.dataEditor on bigquery clan_case_analytics",
        "bigquery.dataViewer on bigquery clan_case_raw",
        `bigquery.jobUser on projects ${project}`,
      ]);
      expect(rightsOf(recording, account("clan-sync"))).toEqual([
        "bigquery.connectionUser on bigquery clan-activity",
        "bigquery.dataEditor on bigquery clan_case_raw",
        `bigquery.jobUser on projects ${project}`,
      ]);
    }
  });

  it("lets activity_sync and daily_metrics write where their accounts may, and read what they may", () => {
    const tablesOf = (recording: Recording, displayName: string, words: RegExp) => {
      const { query } = one(recording, gcp.bigquery.DataTransferConfig, { displayName }).inputs.params;
      return new Set([...String(query).matchAll(words)].map(([, dataset]) => dataset));
    };
    const writes = /\b(?:merge into|insert into|update|delete from) (clan_\w+)\./g;
    for (const [, recording] of each) {
      expect(tablesOf(recording, "activity_sync", /\b(clan_case_\w+)\./g)).toEqual(
        new Set(["clan_case_raw"]),
      );
      expect(tablesOf(recording, "activity_sync", writes)).toEqual(new Set(["clan_case_raw"]));
      expect(tablesOf(recording, "daily_metrics", writes)).toEqual(new Set(["clan_case_analytics"]));
      expect(tablesOf(recording, "daily_metrics_checks", writes)).toEqual(new Set());
    }
  });
});

describe("BigQuery's connection to the database", () => {
  it("logs in to the service's database with its own login, over Cloud SQL's own way", () => {
    for (const [, recording] of each) {
      const login = one(recording, gcp.sql.User, { name: "bigquery" }).inputs;
      expect(one(recording, gcp.bigquery.Connection).inputs?.cloudSql).toEqual({
        type: "POSTGRES",
        instanceId: `${project}:europe-west1:${one(recording, gcp.sql.DatabaseInstance).inputs.name}`,
        database: one(recording, gcp.sql.Database).inputs.name,
        credential: { username: login.name, password: login.password },
      });
      expect(login.instance).toBe(one(recording, gcp.sql.DatabaseInstance).inputs.name);
    }
  });

  it("reaches the instance as its own agent, which may do nothing else", () => {
    for (const [, recording] of each) {
      expect(rightsOf(recording, serviceAgent("gcp-sa-bigqueryconnection"))).toEqual([
        `cloudsql.client on projects ${project}`,
      ]);
    }
  });
});

describe("IAM", () => {
  it("gives nobody a basic or an administrator's role", () => {
    for (const [stack, recording] of each) {
      const broad = grantsOf(recording).filter(({ role }) => /^(owner|editor|viewer)$|admin$/i.test(role));
      expect(broad, stack).toEqual([]);
    }
  });

  it("gives nothing to everybody", () => {
    for (const [stack, recording] of each) {
      const grants = grantsOf(recording);
      expect(grants.length).toBeGreaterThan(5);
      const everybody = grants.filter(
        ({ member }) => !/^(serviceAccount|group|user|principal(Set)?):\S+$/.test(member),
      );
      expect(everybody, stack).toEqual([]);
    }
  });

  it("lets nobody act as every account of the project", () => {
    for (const [stack, recording] of each) {
      const acting = grantsOf(recording)
        .filter(({ role }) =>
          /serviceAccount(TokenCreator|User|OpenIdTokenCreator)|workloadIdentityUser/.test(role),
        )
        .map(({ on }) => on);
      expect(new Set(acting), stack).toEqual(new Set(["serviceaccount"]));
    }
  });

  it("makes no keys of accounts", () => {
    for (const [, { resources }] of each) {
      expect(resources.filter(({ type }) => /serviceaccount\/key/i.test(type))).toEqual([]);
    }
  });

  it("uses no account that Google makes by itself", () => {
    for (const [, { resources }] of each) {
      const used = resources.flatMap(({ inputs }) => leaves(inputs)).map(([, value]) => String(value));
      expect(used.filter((value) => /-compute@developer|@appspot|@cloudbuild/.test(value))).toEqual([]);
    }
  });

  it("lets who has a workflow of the repository look, and main's workflows deploy", () => {
    const { inputs } = one(everything, gcp.iam.WorkloadIdentityPoolProvider);
    expect(inputs).toMatchObject({
      oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
      attributeMapping: {
        "google.subject": "assertion.sub",
        "attribute.repository": "assertion.repository",
        "attribute.repository_ref": 'assertion.repository + "@" + assertion.ref',
      },
      attributeCondition: 'assertion.repository == "studio/clan-platform"',
    });
    const pool =
      "//iam.googleapis.com/projects/123456789012/locations/global/workloadIdentityPools/github-5eed01";
    const uses = grantsOf(everything)
      .filter(({ role }) => role === "iam.workloadIdentityUser")
      .map(({ member, target }) => [target.split("/").at(-1)?.split("@")[0], member]);
    expect(uses).toHaveLength(2);
    expect(Object.fromEntries(uses)).toEqual({
      "clan-deployer": `principalSet:${pool}/attribute.repository_ref/studio/clan-platform@refs/heads/main`,
      "clan-previewer": `principalSet:${pool}/attribute.repository/studio/clan-platform`,
    });
  });

  it("lets the deployer act as what it deploys, and neither give rights nor read data", () => {
    const as = (id: string) => `serviceaccount projects/${project}/serviceAccounts/${account(id).slice(15)}`;
    expect(rightsOf(everything, account("clan-deployer"))).toEqual([
      "artifactregistry.writer on artifactregistry clan-platform",
      `iam.serviceAccountUser on ${as("clan-metrics")}`,
      `iam.serviceAccountUser on ${as("clan-migration")}`,
      `iam.serviceAccountUser on ${as("clan-service")}`,
      `iam.serviceAccountUser on ${as("clan-sync")}`,
      `projects/${project}/roles/clanPlatformDeployer on projects ${project}`,
    ]);
    expect(rightsOf(everything, account("clan-previewer"))).toEqual([
      `projects/${project}/roles/clanPlatformPreviewer on projects ${project}`,
    ]);
    const roles = ofType(everything, gcp.projects.IAMCustomRole).map(({ inputs }) => inputs);
    const [permissions = [], previewing = []] = ["clanPlatformDeployer", "clanPlatformPreviewer"].map(
      (id) => roles.find(({ roleId }) => roleId === id)?.permissions,
    );
    expect(previewing).toEqual(["cloudsql.instances.listServerCas", "resourcemanager.projects.get"]);
    // Who deploys previews as well.
    expect(permissions).toEqual(expect.arrayContaining(previewing));
    const rights = /setIamPolicy|actAs|getAccessToken|signBlob|signJwt|serviceAccountKeys|^iam\.roles|\*/;
    const data =
      /Data$|accessSecretVersion|^cloudsql\.(instances\.(login|connect|export)|users\.(create|update))/i;
    const forbidden = permissions.filter((permission) => rights.test(permission) || data.test(permission));
    expect(forbidden).toEqual([]);
    expect(new Set(permissions).size).toBe(permissions.length);
  });
});

describe("secrets", () => {
  const token = "a-short-lived-token";
  const password = "a-random-password";
  const holds = (text: unknown) => [token, password].some((secret) => String(text).includes(secret));

  it("the registry's password is one", () => {
    for (const [, recording] of each) {
      const { inputs, secrets } = one(recording, docker.Image);
      expect(inputs.registry).toMatchObject({ password: token });
      expect(secrets).toEqual(["registry.password"]);
    }
  });

  it("the database's password is one, to the login and to the connection", () => {
    for (const [, recording] of each) {
      const login = one(recording, gcp.sql.User, { name: "bigquery" });
      expect([login.inputs.password, login.secrets]).toEqual([password, ["password"]]);
      const connection = one(recording, gcp.bigquery.Connection);
      expect(connection.inputs?.cloudSql?.credential.password).toBe(password);
      expect(connection.secrets).toEqual(["cloudSql.credential.password"]);
    }
  });

  it("are encrypted in the state, which keeps a password as an output too", () => {
    const notKept = ["docker:index/image:Image registry"];
    for (const [, { resources }] of each) {
      const plain = resources.flatMap(({ type, secrets, secretOutputs }) =>
        secrets
          .map((path) => path.split(/[.[]/)[0] ?? "")
          .filter((output) => !secretOutputs.includes(output))
          .map((output) => `${type} ${output}`),
      );
      expect(plain).toEqual(notKept);
    }
    for (const [, recording] of each) {
      expect(one(recording, RandomPassword).secretOutputs).toEqual(
        expect.arrayContaining(["result", "bcryptHash"]),
      );
    }
  });

  it("are in no input that is not marked as one, and in no output", () => {
    for (const [, { resources, outputs }] of each) {
      const plain = resources.flatMap(({ urn, inputs, secrets }) =>
        leaves(inputs)
          .filter(([path, value]) => holds(value) && !secrets.includes(path))
          .map(([path]) => `${urn} ${path}`),
      );
      expect(plain).toEqual([]);
      expect(holds(JSON.stringify(outputs))).toBe(false);
    }
  });

  it("are called by no name of a variable, but for the hashes of API keys", () => {
    for (const [, recording] of each) {
      const names = runningOn(recording).flatMap(({ environment }) => Object.keys(environment));
      const telling = names.filter((name) => /pass|secret|token|key|credential/i.test(name));
      expect(telling).toEqual(recording === open ? ["API_KEYS"] : []);
    }
  });
});
