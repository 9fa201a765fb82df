import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "@clan-platform/service/config.ts";
import { parseApiKeys } from "@clan-platform/service/http/api-key-entries.ts";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import { RandomPassword } from "@pulumi/random";
import { describe, expect, it } from "vitest";
import { contextFolder } from "./image-context.ts";
import type { Recording } from "./recording/record.ts";
import { workloadsOf } from "./testing/cloud-run.ts";
import { grantsOf, rightsOf } from "./testing/grants.ts";
import { everyExtra, leaves, ofType, one, project, publicAccess, recordStack } from "./testing/recorded.ts";

// The properties that the CIS benchmark for Google Cloud and scanners require, and the effective grants of every member.

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

  it("authorizes no network", () => {
    for (const { settings } of instances) {
      expect(settings?.ipConfiguration).not.toHaveProperty("authorizedNetworks");
    }
  });

  it("accepts encrypted connections only", () => {
    for (const { settings } of instances) {
      expect(["ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"]).toContain(
        settings?.ipConfiguration?.sslMode,
      );
    }
  });

  it("has no public address in prod, but a private one that BigQuery reaches too", () => {
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

  it("is backed up every day, with point-in-time recovery for seven days", () => {
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

  it("logs what CIS requires, and allows IAM logins", () => {
    for (const { isSmall, settings } of instances) {
      const flags = (settings?.databaseFlags ?? []).map(({ name, value }) => [name, value]);
      expect(Object.fromEntries(flags)).toEqual({
        "cloudsql.enable_pgaudit": "on",
        "cloudsql.iam_authentication": "on",
        log_checkpoints: "on",
        log_connections: "on",
        log_disconnections: "on",
        log_error_verbosity: "terse",
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

  it("has query insights, a disk that grows up to a limit, and a maintenance window", () => {
    for (const { settings } of instances) {
      expect(settings).toMatchObject({
        insightsConfig: { queryInsightsEnabled: true },
        diskAutoresize: true,
        maintenanceWindow: { day: expect.any(Number), hour: expect.any(Number), updateTrack: "stable" },
      });
      expect(settings?.diskAutoresizeLimit).toBeGreaterThanOrEqual(settings?.diskSize ?? Number.NaN);
    }
  });

  it("does not shrink a disk that has grown", () => {
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

  it("are IAM accounts, and BigQuery's own login, with one role each", () => {
    for (const recording of [dev, prod, open]) expect(loginsOf(recording)).toEqual(own);
    expect(loginsOf(everything)).toEqual([["ada@example.com", "CLOUD_IAM_USER", "clan_viewer"], ...own]);
  });

  it("have roles that exist: Cloud SQL's, and those that the migrations create", () => {
    const folder = join(contextFolder, "service/migrations");
    const migrations = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const made = migrations.join("\n").match(/(?<=create role )\w+/g) ?? [];
    const roles = ofType(everything, gcp.sql.User).flatMap(({ inputs }) => inputs.databaseRoles ?? []);
    expect(["cloudsqlsuperuser", ...made]).toEqual(expect.arrayContaining(roles));
  });

  it("have no password, except BigQuery's, which supports nothing else: a random one that only its connection shares", () => {
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
      for (const { environment } of workloadsOf(recording)) {
        const { username, password } = new URL(environment.DATABASE_URL ?? "");
        expect([username, password]).toEqual([expect.stringContaining(project), ""]);
      }
    }
  });
});

describe("workloads on Cloud Run", () => {
  it("have an account of their own each, or that of the same task, which may reach the database and nothing else", () => {
    for (const [, recording] of each) {
      const accounts = workloadsOf(recording).map(
        ({ template }) => `serviceAccount:${template.serviceAccount}`,
      );
      // Retention is the migration's task, every day.
      expect(accounts).toEqual(["clan-service", "clan-migration", "clan-migration"].map(account));
      for (const member of accounts) {
        expect(rightsOf(recording, member)).toEqual([
          `cloudsql.client on projects ${project}`,
          `cloudsql.instanceUser on projects ${project}`,
        ]);
      }
    }
  });

  it("run an image by its digest", () => {
    for (const [, recording] of each) {
      const images = workloadsOf(recording).map(({ container }) => container.image);
      expect(images).toEqual(images.map(() => expect.stringMatching(/@sha256:[0-9a-f]{64}$/)));
    }
  });

  it("have a startup probe for readiness, within Cloud Run's limit, and a liveness probe", () => {
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

  it("state their timeouts, retries, concurrency, instances, size and ingress", () => {
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
      for (const { inputs } of ofType(recording, gcp.cloudrunv2.Job)) {
        expect(inputs.template.template).toMatchObject({
          timeout: expect.stringMatching(/^\d+s$/),
          maxRetries: expect.any(Number),
          containers: [{ resources: { limits } }],
        });
      }
    }
  });

  it("that get requests about players have none of their URLs in the project's logs", () => {
    for (const [, recording] of each) {
      const service = one(recording, gcp.cloudrunv2.Service, { name: "clan-service" });
      const { filter, disabled } = one(recording, gcp.logging.ProjectExclusion).inputs;
      expect(disabled).toBeUndefined();
      expect(filter).toBe(
        `resource.type="cloud_run_revision" AND resource.labels.service_name="${service.inputs.name}" AND ` +
          `logName="projects/${project}/logs/run.googleapis.com%2Frequests"`,
      );
      // Whatever its status is.
      expect(filter).not.toContain("status");
    }
  });

  it("listen on the port that Cloud Run sends requests to, and time out before Cloud Run does", () => {
    for (const [, recording] of each) {
      const { template, container, environment } = workloadsOf(recording)[0] ?? {};
      const { PORT, IMPORT_TIMEOUT_MS, TRUSTED_PROXIES } = parseConfig(environment ?? {});
      expect(container).toMatchObject({ ports: { containerPort: PORT } });
      expect(Number.parseInt(template?.timeout ?? "", 10) * 1_000).toBeGreaterThan(IMPORT_TIMEOUT_MS);
      expect(TRUSTED_PROXIES).toBe(1);
    }
  });

  it("accept writes only with an API key if access is public", () => {
    const keysOf = (recording: Recording) =>
      parseConfig(workloadsOf(recording)[0]?.environment ?? {}).API_KEYS;
    expect(keysOf(open)).toEqual(parseApiKeys(publicAccess.apiKeys.join(" ")));
    expect([keysOf(dev), keysOf(prod)]).toEqual([undefined, undefined]);
  });

  it("let no page of another origin call the service by default", () => {
    const originsOf = (recording: Recording) =>
      parseConfig(workloadsOf(recording)[0]?.environment ?? {}).CORS_ORIGINS;
    expect([open, dev, prod].map(originsOf)).toEqual([[], [], []]);
  });
});

describe("images", () => {
  it("have immutable tags, are scanned, and are deleted when they are old", () => {
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

  it("are pulled by Cloud Run's agent, and pushed by the deployer", () => {
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
  it("is in the EU, has seven days of time travel, and is emptied by destroy only if it is not protected", () => {
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

  it("is read and written only by the accounts of its scheduled queries; only that of the sync writes raw", () => {
    for (const [, recording] of each) {
      const rights = grantsOf(recording)
        .filter(({ on }) => on === "bigquery")
        .map(({ member, role, target }) => [member, role, target])
        .sort();
      expect(rights).toEqual([
        [account("clan-metrics"), "bigquery.dataEditor", "clan_case_analytics"],
        [account("clan-metrics"), "bigquery.dataViewer", "clan_case_raw"],
        [account("clan-sync"), "bigquery.connectionUser", "clan-activity"],
        [account("clan-sync"), "bigquery.dataEditor", "clan_case_analytics"],
        [account("clan-sync"), "bigquery.dataEditor", "clan_case_raw"],
      ]);
    }
  });

  it("requires a partition filter in every query of the raw table", () => {
    for (const [, recording] of each) {
      const raw = one(recording, gcp.bigquery.Table, { tableId: "user_daily_metrics_raw" }).inputs;
      expect(raw).toMatchObject({
        requirePartitionFilter: true,
        timePartitioning: { type: "DAY", field: "event_date" },
      });
      expect(raw.timePartitioning).not.toHaveProperty("requirePartitionFilter");
    }
  });

  it("runs its scheduled queries as least-privileged accounts", () => {
    for (const [, recording] of each) {
      for (const { inputs } of ofType(recording, gcp.bigquery.DataTransferConfig)) {
        const id = inputs.displayName === "activity_sync" ? "clan-sync" : "clan-metrics";
        expect(`serviceAccount:${inputs.serviceAccountName}`).toBe(account(id));
      }
      expect(rightsOf(recording, account("clan-metrics"))).toEqual([
        "bigquery.dataEditor on bigquery clan_case_analytics",
        "bigquery.dataViewer on bigquery clan_case_raw",
        `bigquery.jobUser on projects ${project}`,
      ]);
      expect(rightsOf(recording, account("clan-sync"))).toEqual([
        "bigquery.connectionUser on bigquery clan-activity",
        "bigquery.dataEditor on bigquery clan_case_analytics",
        "bigquery.dataEditor on bigquery clan_case_raw",
        `bigquery.jobUser on projects ${project}`,
      ]);
    }
  });

  it("has queries that write only where their accounts may write, and read only what they may read", () => {
    const tablesOf = (recording: Recording, displayName: string, words: RegExp) => {
      const { query } = one(recording, gcp.bigquery.DataTransferConfig, { displayName }).inputs.params;
      return new Set([...String(query).matchAll(words)].map(([, dataset]) => dataset));
    };
    const writes = /\b(?:merge into|insert into|update|delete from) (clan_\w+)\./g;
    for (const [, recording] of each) {
      // Then it recomputes the days that it touched.
      expect(tablesOf(recording, "activity_sync", writes)).toEqual(
        new Set(["clan_case_raw", "clan_case_analytics"]),
      );
      expect(tablesOf(recording, "daily_metrics", writes)).toEqual(new Set(["clan_case_analytics"]));
      expect(tablesOf(recording, "daily_metrics_checks", writes)).toEqual(new Set());
      expect(tablesOf(recording, "daily_metrics_warnings", writes)).toEqual(new Set());
    }
  });
});

describe("BigQuery's connection to the database", () => {
  it("logs in to the service's database with its own login, over Cloud SQL's own connection", () => {
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

  it("reaches the instance as its own agent, which has no other grant", () => {
    for (const [, recording] of each) {
      expect(rightsOf(recording, serviceAgent("gcp-sa-bigqueryconnection"))).toEqual([
        `cloudsql.client on projects ${project}`,
      ]);
    }
  });
});

describe("IAM", () => {
  it("grants no basic and no admin role", () => {
    for (const [stack, recording] of each) {
      const broad = grantsOf(recording).filter(({ role }) => /^(owner|editor|viewer)$|admin$/i.test(role));
      expect(broad, stack).toEqual([]);
    }
  });

  it("grants nothing to allUsers or allAuthenticatedUsers", () => {
    for (const [stack, recording] of each) {
      const grants = grantsOf(recording);
      expect(grants.length).toBeGreaterThan(5);
      const publicGrants = grants.filter(
        ({ member }) => !/^(serviceAccount|group|user|principal(Set)?):\S+$/.test(member),
      );
      expect(publicGrants, stack).toEqual([]);
    }
  });

  it("allows no member to impersonate every account of the project", () => {
    for (const [stack, recording] of each) {
      const acting = grantsOf(recording)
        .filter(({ role }) =>
          /serviceAccount(TokenCreator|User|OpenIdTokenCreator)|workloadIdentityUser/.test(role),
        )
        .map(({ on }) => on);
      expect(new Set(acting), stack).toEqual(new Set(["serviceaccount"]));
    }
  });

  it("creates no service account keys", () => {
    for (const [, { resources }] of each) {
      expect(resources.filter(({ type }) => /serviceaccount\/key/i.test(type))).toEqual([]);
    }
  });

  it("uses no default service account", () => {
    for (const [, { resources }] of each) {
      const used = resources.flatMap(({ inputs }) => leaves(inputs)).map(([, value]) => String(value));
      expect(used.filter((value) => /-compute@developer|@appspot|@cloudbuild/.test(value))).toEqual([]);
    }
  });

  it("lets every workflow of the repository preview, and those of main deploy", () => {
    const { inputs } = one(everything, gcp.iam.WorkloadIdentityPoolProvider);
    expect(inputs).toMatchObject({
      oidc: { issuerUri: "https://token.actions.githubusercontent.com" },
      attributeMapping: {
        "google.subject": '"run_id:" + assertion.run_id',
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
    expect(uses).toHaveLength(3);
    expect(Object.fromEntries(uses)).toEqual({
      "clan-deployer": `principalSet:${pool}/attribute.repository_ref/studio/clan-platform@refs/heads/main`,
      "clan-drift-checker": `principalSet:${pool}/attribute.repository_ref/studio/clan-platform@refs/heads/main`,
      "clan-previewer": `principalSet:${pool}/attribute.repository/studio/clan-platform`,
    });
  });

  it("names a workflow in at most 127 bytes, however long the names of the repository and the branch are", () => {
    const { inputs } = one(everything, gcp.iam.WorkloadIdentityPoolProvider);
    const repository = `${"o".repeat(39)}/${"r".repeat(100)}`;
    const claims: Record<string, string> = {
      "assertion.sub": `repo:${repository}:environment:prod-drift`,
      "assertion.repository": repository,
      "assertion.ref": `refs/heads/${"b".repeat(200)}`,
      "assertion.run_id": "9".repeat(20),
    };
    const parts = String(inputs.attributeMapping?.["google.subject"]).split(" + ");
    const subject = parts.map((part) => claims[part] ?? JSON.parse(part)).join("");
    expect(Buffer.byteLength(subject)).toBeLessThanOrEqual(127);
  });

  it("lets the deployer act as the accounts it deploys, and neither grant roles nor read data", () => {
    const as = (id: string) => `serviceaccount projects/${project}/serviceAccounts/${account(id).slice(15)}`;
    expect(rightsOf(everything, account("clan-deployer"))).toEqual([
      "artifactregistry.writer on artifactregistry clan-platform",
      `iam.serviceAccountUser on ${as("clan-metrics")}`,
      `iam.serviceAccountUser on ${as("clan-migration")}`,
      `iam.serviceAccountUser on ${as("clan-retention")}`,
      `iam.serviceAccountUser on ${as("clan-service")}`,
      `iam.serviceAccountUser on ${as("clan-sync")}`,
      `projects/${project}/roles/clanPlatformDeployer_5eed01 on projects ${project}`,
    ]);
    expect(rightsOf(everything, account("clan-previewer"))).toEqual([
      `projects/${project}/roles/clanPlatformPreviewer_5eed01 on projects ${project}`,
    ]);
    expect(rightsOf(everything, account("clan-drift-checker"))).toEqual([
      `projects/${project}/roles/clanPlatformDriftChecker_5eed01 on projects ${project}`,
    ]);
    const roles = ofType(everything, gcp.projects.IAMCustomRole).map(({ inputs }) => inputs);
    const checking =
      roles.find(({ roleId }) => roleId === "clanPlatformDriftChecker_5eed01")?.permissions ?? [];
    expect(checking.length).toBeGreaterThan(20);
    expect(
      checking.filter(
        (permission) =>
          !/\.(get|list|listServerCas|getIamPolicy)$|^billing\.resourcebudgets\.read$|^serviceusage\.services\.use$/.test(
            permission,
          ),
      ),
    ).toEqual([]);
    const [permissions = [], previewing = []] = [
      "clanPlatformDeployer_5eed01",
      "clanPlatformPreviewer_5eed01",
    ].map((id) => roles.find(({ roleId }) => roleId === id)?.permissions);
    expect(previewing).toEqual([
      "cloudsql.instances.listServerCas",
      "resourcemanager.projects.get",
      // For `gcp:userProjectOverride` (docs/deploy.md, A budget).
      "serviceusage.services.use",
    ]);
    // A deployment includes a preview.
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

  it("include the registry's password", () => {
    for (const [, recording] of each) {
      const { inputs, secrets } = one(recording, docker.Image);
      expect(inputs.registry).toMatchObject({ password: token });
      expect(secrets).toEqual(["registry.password"]);
    }
  });

  it("include the database's password, in the login and in the connection", () => {
    for (const [, recording] of each) {
      const login = one(recording, gcp.sql.User, { name: "bigquery" });
      expect([login.inputs.password, login.secrets]).toEqual([password, ["password"]]);
      const connection = one(recording, gcp.bigquery.Connection);
      expect(connection.inputs?.cloudSql?.credential.password).toBe(password);
      expect(connection.secrets).toEqual(["cloudSql.credential.password"]);
    }
  });

  it("are encrypted in the state, as inputs and as outputs", () => {
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

  it("appear in no input that is not marked as secret, and in no output", () => {
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

  it("have no environment variable, except the hashes of API keys", () => {
    for (const [, recording] of each) {
      const names = workloadsOf(recording).flatMap(({ environment }) => Object.keys(environment));
      const telling = names.filter((name) => /pass|secret|token|key|credential/i.test(name));
      expect(telling).toEqual(recording === open ? ["API_KEYS"] : []);
    }
  });
});
