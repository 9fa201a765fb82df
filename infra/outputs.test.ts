import { expect, it } from "vitest";
import { everyExtra, project, recordStack } from "./testing/recorded.ts";

const dev = (await recordStack("dev")).outputs;
const prod = (await recordStack("prod", everyExtra)).outputs;

it("the URLs of the service and its docs are outputs", () => {
  expect(dev).toMatchObject({
    serviceUrl: "https://clan-service-abc123-ew.a.run.app",
    docsUrl: "https://clan-service-abc123-ew.a.run.app/docs",
    imageDigest: expect.stringMatching(/@sha256:[0-9a-f]{64}$/),
  });
});

it("the database is reached through the Auth Proxy, over its private address if it has no other", () => {
  const proxy = "cloud-sql-proxy --auto-iam-authn --port 5433";
  expect(dev.connectionName).toBe(`${project}:europe-west1:clan-5eed01`);
  expect(dev.databaseCommands).toMatchObject({ proxy: `${proxy} ${dev.connectionName}` });
  expect(prod.databaseCommands).toMatchObject({ proxy: `${proxy} --private-ip ${prod.connectionName}` });
  expect(dev.databaseCommands).toMatchObject({ psql: expect.stringMatching(/port=5433 dbname=clan /) });
});

it("the validation commands query raw and daily_metrics in their location", () => {
  const bq = `bq query --project_id=${project} --location=EU --use_legacy_sql=false '`;
  expect(dev.validateCommands).toEqual({
    raw: expect.stringContaining(" from clan_case_raw.user_daily_metrics_raw where event_date >= "),
    dailyMetrics: expect.stringContaining(" from clan_case_analytics.daily_metrics where event_date >= "),
    everyCheck: `GOOGLE_CLOUD_PROJECT=${project} BIGQUERY_LOCATION=EU npm run validate -- --target bigquery`,
  });
  const { raw, dailyMetrics } = dev.validateCommands as Record<string, string>;
  for (const command of [raw, dailyMetrics]) expect(command?.startsWith(bq)).toBe(true);
});

it("the sync command runs the scheduled query at once", () => {
  expect(dev.syncCommand).toBe(
    `bq mk --transfer_run --run_time="$(date -u +%Y-%m-%dT%H:%M:%SZ)" projects/${project}/locations/eu/transferConfigs/id-of-activity_sync`,
  );
});

it("the Looker Studio link opens a report on daily_metrics", () => {
  const link = new URL(String(dev.lookerStudioUrl));
  expect(link.origin + link.pathname).toBe("https://lookerstudio.google.com/reporting/create");
  expect(Object.fromEntries(link.searchParams)).toMatchObject({
    "ds.connector": "bigQuery",
    "ds.type": "TABLE",
    "ds.projectId": project,
    "ds.datasetId": "clan_case_analytics",
    "ds.tableId": "daily_metrics",
  });
});

it("the variables of GitHub's workflows are outputs if github is set", () => {
  expect(dev.github ?? null).toBeNull();
  expect(prod.github).toEqual({
    GCP_WORKLOAD_IDENTITY_PROVIDER:
      "projects/123456789012/locations/global/workloadIdentityPools/github-5eed01/providers/actions",
    GCP_DEPLOYER: `clan-deployer@${project}.iam.gserviceaccount.com`,
    GCP_PREVIEWER: `clan-previewer@${project}.iam.gserviceaccount.com`,
    GCP_DRIFT_CHECKER: `clan-drift-checker@${project}.iam.gserviceaccount.com`,
  });
});
