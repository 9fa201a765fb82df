import { parseConfig } from "@clan-platform/service/config.ts";
import * as gcp from "@pulumi/gcp";
import { expect, it } from "vitest";
import { difference } from "./testing/difference.ts";
import { everyExtra, one, publicAccess, recordStack } from "./testing/recorded.ts";

// What each setting changes in the dev stack, and that it changes nothing else.

const dev = await recordStack("dev");

const changedBy = async (settings: Record<string, unknown>) =>
  difference(dev, await recordStack("dev", settings));

it("the same settings make the same stack", async () => {
  expect(await changedBy({})).toBe("");
});

it("protect changes protection only", async () => {
  const changes = (await changedBy({ protect: true })).replaceAll(/bigquery\.Table \w+/g, "bigquery.Table *");
  expect([...new Set(changes.split("\n"))].join("\n")).toMatchInlineSnapshot(`
    "~ bigquery.Dataset clan_case_analytics deleteContentsOnDestroy: true -> false
    ~ bigquery.Dataset clan_case_analytics protect: false -> true
    ~ bigquery.Dataset clan_case_raw deleteContentsOnDestroy: true -> false
    ~ bigquery.Dataset clan_case_raw protect: false -> true
    ~ bigquery.Table * deletionProtection: false -> true
    ~ bigquery.Table * protect: false -> true
    ~ cloudrunv2.Job migration-job deletionProtection: false -> true
    ~ cloudrunv2.Job migration-job protect: false -> true
    ~ cloudrunv2.Job retention-job deletionProtection: false -> true
    ~ cloudrunv2.Job retention-job protect: false -> true
    ~ cloudrunv2.Service clan-service deletionProtection: false -> true
    ~ cloudrunv2.Service clan-service protect: false -> true
    ~ sql.Database database protect: false -> true
    ~ sql.DatabaseInstance database-instance deletionProtection: false -> true
    ~ sql.DatabaseInstance database-instance protect: false -> true
    ~ sql.DatabaseInstance database-instance settings.deletionProtectionEnabled: false -> true
    ~ sql.User activity-sync-login protect: false -> true
    ~ sql.User clan-service-login protect: false -> true
    ~ sql.User migration-login protect: false -> true"
  `);
});

it("what a setting has added goes when the setting does, in spite of protect", async () => {
  const dashboardViewers = ["group:analysts@example.com"];
  const { resources } = await recordStack("prod", { ...everyExtra, dashboardViewers });
  const kept = new Set((await recordStack("prod")).resources.map(({ urn }) => urn));
  const added = resources.filter(({ urn }) => !kept.has(urn));
  expect(added.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["dashboard", "reader-ada@example.com", "alert-email", "budget", "deployer-pool"]),
  );
  const stuck = added.filter(({ protect, inputs }) => protect || inputs.deletionProtection === true);
  expect(stuck.map(({ urn }) => urn)).toEqual([]);
});

it("access public allows anyone to call, requires API keys, and removes the identity of the uptime check", async () => {
  expect(await changedBy(publicAccess)).toMatchInlineSnapshot(`
    "~ cloudrunv2.Service clan-service invokerIamDisabled: false -> true
    ~ cloudrunv2.Service clan-service template.containers.0.envs.API_KEYS: nothing -> "game:c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00:clans:write,activity:write"
    - cloudrunv2.ServiceIamMember monitoring-agent
    ~ monitoring.UptimeCheckConfig monitoring-uptime httpCheck.serviceAgentAuthentication.type: "OIDC_TOKEN" -> nothing
    - projects.IAMMember agent-monitoring-role
    - projects.ServiceIdentity agent-monitoring"
  `);
});

it("playerTokens are passed to the service in its own form, and change nothing else", async () => {
  const playerTokens = {
    issuer: "https://id.example.com",
    audience: "my-game",
    jwksUrl: "https://id.example.com/jwks.json",
  };
  const passed =
    '{"issuer":"https://id.example.com","audience":"my-game","jwks_url":"https://id.example.com/jwks.json"}';
  expect(await changedBy({ playerTokens })).toBe(
    `~ cloudrunv2.Service clan-service template.containers.0.envs.PLAYER_TOKENS: nothing -> ${JSON.stringify(passed)}`,
  );
  expect(
    parseConfig({ DATABASE_URL: "postgres://localhost/clan", PLAYER_TOKENS: passed }).PLAYER_TOKENS,
  ).toMatchObject({ audience: "my-game" });
});

it("corsOrigins are passed to the service, and change nothing else", async () => {
  const corsOrigins = ["https://play.example.com", "http://localhost:5173"];
  expect(await changedBy({ corsOrigins })).toBe(
    '~ cloudrunv2.Service clan-service template.containers.0.envs.CORS_ORIGINS: nothing -> "https://play.example.com,http://localhost:5173"',
  );
});

it("network private removes the database's public address and adds a network to reach it", async () => {
  expect(await changedBy({ network: "private" })).toMatchInlineSnapshot(`
    "+ RandomId database-suffix-europe-west1-private
    - RandomId database-suffix-europe-west1-public
    + clan-platform:index:Network network
    ~ cloudrunv2.Job migration-job template.template.containers.0.envs.DATABASE_CA: nothing -> "-----BEGIN CERTIFICATE-----\\nnow\\n-----END CERTIFICATE-----\\n-----BEGIN CERTIFICATE-----\\nnext\\n-----END CERTIFICATE-----"
    ~ cloudrunv2.Job migration-job template.template.containers.0.envs.DATABASE_URL: "postgres://clan-migration%40game-test.iam@%2Fcloudsql%2Fgame-test%3Aeurope-west1%3Aclan-5eed01/clan" -> "postgres://clan-migration%40game-test.iam@10.20.0.3/clan"
    ~ cloudrunv2.Job migration-job template.template.containers.0.volumeMounts.cloudsql.mountPath: "/cloudsql" -> nothing
    ~ cloudrunv2.Job migration-job template.template.volumes.cloudsql.cloudSqlInstance.instances: ["game-test:europe-west1:clan-5eed01"] -> nothing
    ~ cloudrunv2.Job migration-job template.template.vpcAccess.egress: nothing -> "PRIVATE_RANGES_ONLY"
    ~ cloudrunv2.Job migration-job template.template.vpcAccess.networkInterfaces.0.network: nothing -> "network-id"
    ~ cloudrunv2.Job migration-job template.template.vpcAccess.networkInterfaces.0.subnetwork: nothing -> "network-subnet-id"
    ~ cloudrunv2.Job retention-job template.template.containers.0.envs.DATABASE_CA: nothing -> "-----BEGIN CERTIFICATE-----\\nnow\\n-----END CERTIFICATE-----\\n-----BEGIN CERTIFICATE-----\\nnext\\n-----END CERTIFICATE-----"
    ~ cloudrunv2.Job retention-job template.template.containers.0.envs.DATABASE_URL: "postgres://clan-migration%40game-test.iam@%2Fcloudsql%2Fgame-test%3Aeurope-west1%3Aclan-5eed01/clan" -> "postgres://clan-migration%40game-test.iam@10.20.0.3/clan"
    ~ cloudrunv2.Job retention-job template.template.containers.0.volumeMounts.cloudsql.mountPath: "/cloudsql" -> nothing
    ~ cloudrunv2.Job retention-job template.template.volumes.cloudsql.cloudSqlInstance.instances: ["game-test:europe-west1:clan-5eed01"] -> nothing
    ~ cloudrunv2.Job retention-job template.template.vpcAccess.egress: nothing -> "PRIVATE_RANGES_ONLY"
    ~ cloudrunv2.Job retention-job template.template.vpcAccess.networkInterfaces.0.network: nothing -> "network-id"
    ~ cloudrunv2.Job retention-job template.template.vpcAccess.networkInterfaces.0.subnetwork: nothing -> "network-subnet-id"
    ~ cloudrunv2.Service clan-service template.containers.0.envs.DATABASE_CA: nothing -> "-----BEGIN CERTIFICATE-----\\nnow\\n-----END CERTIFICATE-----\\n-----BEGIN CERTIFICATE-----\\nnext\\n-----END CERTIFICATE-----"
    ~ cloudrunv2.Service clan-service template.containers.0.envs.DATABASE_URL: "postgres://clan-service%40game-test.iam@%2Fcloudsql%2Fgame-test%3Aeurope-west1%3Aclan-5eed01/clan" -> "postgres://clan-service%40game-test.iam@10.20.0.3/clan"
    ~ cloudrunv2.Service clan-service template.containers.0.volumeMounts.cloudsql.mountPath: "/cloudsql" -> nothing
    ~ cloudrunv2.Service clan-service template.volumes.cloudsql.cloudSqlInstance.instances: ["game-test:europe-west1:clan-5eed01"] -> nothing
    ~ cloudrunv2.Service clan-service template.vpcAccess.egress: nothing -> "PRIVATE_RANGES_ONLY"
    ~ cloudrunv2.Service clan-service template.vpcAccess.networkInterfaces.0.network: nothing -> "network-id"
    ~ cloudrunv2.Service clan-service template.vpcAccess.networkInterfaces.0.subnetwork: nothing -> "network-subnet-id"
    + compute.GlobalAddress network-services
    + compute.Network network
    + compute.Subnetwork network-subnet
    ~ outputs databaseCommands.proxy: "cloud-sql-proxy --auto-iam-authn --port 5433 game-test:europe-west1:clan-5eed01" -> "cloud-sql-proxy --auto-iam-authn --port 5433 --private-ip game-test:europe-west1:clan-5eed01"
    ~ outputs placement.network: "public" -> "private"
    + projects.Service api-compute
    + projects.Service api-servicenetworking
    + servicenetworking.Connection network-peering
    ~ sql.DatabaseInstance database-instance settings.ipConfiguration.enablePrivatePathForGoogleCloudServices: nothing -> true
    ~ sql.DatabaseInstance database-instance settings.ipConfiguration.ipv4Enabled: true -> false
    ~ sql.DatabaseInstance database-instance settings.ipConfiguration.privateNetwork: nothing -> "network-id""
  `);
});

it("invokers may call", async () => {
  const { invokers } = everyExtra;
  expect(await changedBy({ invokers })).toMatchInlineSnapshot(`
    "+ cloudrunv2.ServiceIamMember invoker-group:backend@example.com
    + cloudrunv2.ServiceIamMember invoker-serviceAccount:game@my-game.iam.gserviceaccount.com"
  `);
});

it("databaseReaders may log in to read", async () => {
  const { databaseReaders } = everyExtra;
  expect(await changedBy({ databaseReaders })).toMatchInlineSnapshot(`
    "+ clan-platform:index:DatabaseLogin reader-ada@example.com
    + projects.IAMMember reader-ada@example.com-cloudsql.client
    + projects.IAMMember reader-ada@example.com-cloudsql.instanceUser
    + sql.User reader-ada@example.com"
  `);
});

it("alertEmail receives every alert", async () => {
  const { alertEmail } = everyExtra;
  expect(await changedBy({ alertEmail })).toMatchInlineSnapshot(`
    "~ monitoring.AlertPolicy alert-activity_sync-failed notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-activity_sync-missing notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-availability-creeping notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-availability-fast notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-availability-slow notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-daily_metrics-failed notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-daily_metrics-missing notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-daily_metrics_checks-failed notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-daily_metrics_checks-missing notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-daily_metrics_warnings-failed notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-daily_metrics_warnings-missing notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-database-connections notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-database-cpu notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-database-disk notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-down notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-latency-creeping notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-latency-fast notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-latency-slow notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-retention-run-failed notificationChannels: [] -> ["alert-email-id"]
    ~ monitoring.AlertPolicy alert-retention-run-missing notificationChannels: [] -> ["alert-email-id"]
    + monitoring.NotificationChannel alert-email"
  `);
});

it("budget adds a budget, and its API", async () => {
  const { budget } = everyExtra;
  expect(await changedBy({ budget })).toMatchInlineSnapshot(`
    "+ billing.Budget budget
    + projects.Service api-billingbudgets"
  `);
});

it("github adds the deployer, the previewer, the identity pool that they trust, and its API", async () => {
  const { github } = everyExtra;
  expect(await changedBy({ github })).toMatchInlineSnapshot(`
    "+ RandomId deployer-suffix
    + artifactregistry.RepositoryIamMember deployer-pushes
    + clan-platform:index:Deployer deployer
    + iam.WorkloadIdentityPool deployer-pool
    + iam.WorkloadIdentityPoolProvider deployer-provider
    ~ monitoring.AlertPolicy alert-activity_sync-failed documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-activity_sync-failed documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-failed"
    ~ monitoring.AlertPolicy alert-activity_sync-missing documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-activity_sync-missing documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-missing"
    ~ monitoring.AlertPolicy alert-availability-creeping documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-availability-creeping documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#availability"
    ~ monitoring.AlertPolicy alert-availability-fast documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-availability-fast documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#availability"
    ~ monitoring.AlertPolicy alert-availability-slow documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-availability-slow documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#availability"
    ~ monitoring.AlertPolicy alert-daily_metrics-failed documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-daily_metrics-failed documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-failed"
    ~ monitoring.AlertPolicy alert-daily_metrics-missing documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-daily_metrics-missing documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-missing"
    ~ monitoring.AlertPolicy alert-daily_metrics_checks-failed documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-daily_metrics_checks-failed documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-failed"
    ~ monitoring.AlertPolicy alert-daily_metrics_checks-missing documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-daily_metrics_checks-missing documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-missing"
    ~ monitoring.AlertPolicy alert-daily_metrics_warnings-failed documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-daily_metrics_warnings-failed documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#unusual-figures"
    ~ monitoring.AlertPolicy alert-daily_metrics_warnings-missing documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-daily_metrics_warnings-missing documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#scheduled-query-missing"
    ~ monitoring.AlertPolicy alert-database-connections documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-database-connections documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#database-connections"
    ~ monitoring.AlertPolicy alert-database-cpu documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-database-cpu documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#database-cpu"
    ~ monitoring.AlertPolicy alert-database-disk documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-database-disk documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#database-disk"
    ~ monitoring.AlertPolicy alert-down documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-down documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#down"
    ~ monitoring.AlertPolicy alert-latency-creeping documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-latency-creeping documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#latency"
    ~ monitoring.AlertPolicy alert-latency-fast documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-latency-fast documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#latency"
    ~ monitoring.AlertPolicy alert-latency-slow documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-latency-slow documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#latency"
    ~ monitoring.AlertPolicy alert-retention-run-failed documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-retention-run-failed documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#retention-run"
    ~ monitoring.AlertPolicy alert-retention-run-missing documentation.links.0.displayName: nothing -> "Runbook"
    ~ monitoring.AlertPolicy alert-retention-run-missing documentation.links.0.url: nothing -> "https://github.com/studio/clan-platform/blob/main/docs/operate.md#retention-run"
    ~ outputs github: null -> nothing
    ~ outputs github.GCP_DEPLOYER: nothing -> "clan-deployer@game-test.iam.gserviceaccount.com"
    ~ outputs github.GCP_DRIFT_CHECKER: nothing -> "clan-drift-checker@game-test.iam.gserviceaccount.com"
    ~ outputs github.GCP_PREVIEWER: nothing -> "clan-previewer@game-test.iam.gserviceaccount.com"
    ~ outputs github.GCP_WORKLOAD_IDENTITY_PROVIDER: nothing -> "projects/123456789012/locations/global/workloadIdentityPools/github-5eed01/providers/actions"
    + projects.IAMCustomRole deployer-drift-role
    + projects.IAMCustomRole deployer-preview-role
    + projects.IAMCustomRole deployer-role
    + projects.IAMMember deployer-checks-drift
    + projects.IAMMember deployer-deploys
    + projects.IAMMember deployer-previews
    + projects.Service api-sts
    + serviceaccount.Account deployer-deployer
    + serviceaccount.Account deployer-drift-checker
    + serviceaccount.Account deployer-previewer
    + serviceaccount.IAMMember deployer-acts-as-clans
    + serviceaccount.IAMMember deployer-acts-as-migration
    + serviceaccount.IAMMember deployer-acts-as-retention
    + serviceaccount.IAMMember deployer-acts-as-sync
    + serviceaccount.IAMMember deployer-acts-as-warehouse
    + serviceaccount.IAMMember deployer-deployer-from-github
    + serviceaccount.IAMMember deployer-drift-checker-from-github
    + serviceaccount.IAMMember deployer-previewer-from-github"
  `);
});

it("sizes of the database and numbers of instances change the database, the service and the alerts", async () => {
  const sizes = {
    databaseTier: "db-custom-2-7680",
    databaseAvailability: "regional",
    databaseMaxDiskGb: 200,
  };
  const instances = { minInstances: 1, maxInstances: 4, poolMax: 20 };
  expect(await changedBy({ ...sizes, ...instances })).toMatchInlineSnapshot(`
    "~ cloudrunv2.Service clan-service template.containers.0.envs.POOL_MAX: "3" -> "20"
    ~ cloudrunv2.Service clan-service template.scaling.maxInstanceCount: 2 -> 4
    ~ cloudrunv2.Service clan-service template.scaling.minInstanceCount: 0 -> 1
    ~ monitoring.AlertPolicy alert-database-connections conditions.0.conditionThreshold.thresholdValue: 20 -> 320
    ~ monitoring.AlertPolicy alert-database-disk conditions.0.conditionThreshold.thresholdValue: 85000000000 -> 170000000000
    ~ sql.DatabaseInstance database-instance settings.availabilityType: "ZONAL" -> "REGIONAL"
    ~ sql.DatabaseInstance database-instance settings.databaseFlags.max_connections: "25" -> "400"
    ~ sql.DatabaseInstance database-instance settings.diskAutoresizeLimit: 100 -> 200
    ~ sql.DatabaseInstance database-instance settings.tier: "db-f1-micro" -> "db-custom-2-7680""
  `);
});

it("syncEvery sets how often user activity is synced and the touched days are recomputed", async () => {
  expect(new Set((await changedBy({ syncEvery: "15 minutes" })).split("\n"))).toEqual(
    new Set([
      '~ bigquery.DataTransferConfig activity-sync schedule: "every day 02:47" -> "every 15 minutes"',
      '~ monitoring.AlertPolicy alert-activity_sync-missing conditions.0.conditionThreshold.aggregations.0.alignmentPeriod: "90000s" -> "1800s"',
      "+ monitoring.AlertPolicy alert-freshness-creeping",
      "+ monitoring.AlertPolicy alert-freshness-fast",
      "+ monitoring.AlertPolicy alert-freshness-slow",
      "+ monitoring.Slo objective-freshness",
    ]),
  );
  for (const syncEvery of ["1 minute", "15", "hourly"]) {
    await expect(recordStack("dev", { syncEvery })).rejects.toThrow(
      /syncEvery is .*: it must be one of: 5 minutes/,
    );
  }
});

it("in prod, a match at noon is on the dashboard within 20 minutes: one interval, a run, and the dashboard's own delays", async () => {
  const { inputs } = one(await recordStack("prod"), gcp.bigquery.DataTransferConfig, {
    displayName: "activity_sync",
  });
  const [, interval] = /^every (\d+) minutes$/.exec(String(inputs.schedule)) ?? [];
  // A run takes minutes; the dashboard's version of the data lives for half a minute, and the page asks twice a minute.
  expect(Number(interval) + 3 + 0.5 + 0.5).toBeLessThan(20);
  const query = String(inputs.params.query);
  expect(query.indexOf("merge into clan_case_analytics.daily_metrics")).toBeGreaterThan(
    query.indexOf("insert into clan_case_raw.activity_syncs"),
  );
});

it("rawRetentionDays expires raw activity alone, and scheduled queries leave alone what they can't recompute", async () => {
  const changes = await changedBy({ rawRetentionDays: 365 });
  const lines = changes.replace(/(params\.query): .*$/gm, "$1").split("\n");
  expect(lines).toEqual([
    "~ bigquery.DataTransferConfig activity-sync params.query",
    "~ bigquery.DataTransferConfig daily-metrics params.query",
    `~ bigquery.Table user_daily_metrics_raw timePartitioning.expirationMs: nothing -> ${365 * 86_400_000}`,
    "~ outputs rawRetentionDays: null -> 365",
  ]);
});

it("trap 36: without rawRetentionDays again, raw activity no longer expires: the next update says so, and later ones say nothing", async () => {
  const expiration = async (settings: object, lastOutputs: object) => {
    const recording = await recordStack("dev", { ...settings }, { ...lastOutputs });
    return one(recording, gcp.bigquery.Table, { tableId: "user_daily_metrics_raw" }).inputs.timePartitioning;
  };
  const { outputs } = await recordStack("dev", { rawRetentionDays: 365 });
  expect(await expiration({}, outputs)).toMatchObject({ expirationMs: 0 });
  expect(await expiration({ rawRetentionDays: 730 }, outputs)).toMatchObject({
    expirationMs: 730 * 86_400_000,
  });
  const { outputs: ended } = await recordStack("dev", {}, outputs);
  expect(await expiration({}, ended)).not.toHaveProperty("expirationMs");
});

it("dailyAt and windowDays set when the scheduled queries run, and over which days", async () => {
  const changes = await changedBy({ dailyAt: "05:10", windowDays: 7 });
  const days = /^(.*?\.query:) .*? interval (\d+) day.*? -> .*? interval (\d+) day.*$/gm;
  expect(changes.replaceAll(days, "$1 $2 days -> $3 days")).toMatchInlineSnapshot(`
    "~ bigquery.DataTransferConfig activity-sync schedule: "every day 02:47" -> "every day 04:40"
    ~ bigquery.DataTransferConfig daily-metrics params.query: 3 days -> 7 days
    ~ bigquery.DataTransferConfig daily-metrics schedule: "every day 03:17" -> "every day 05:10"
    ~ bigquery.DataTransferConfig daily-metrics-checks params.query: 3 days -> 7 days
    ~ bigquery.DataTransferConfig daily-metrics-checks schedule: "every day 03:47" -> "every day 05:40"
    ~ bigquery.DataTransferConfig daily-metrics-warnings schedule: "every day 03:47" -> "every day 05:40""
  `);
});
