import * as gcp from "@pulumi/gcp";
import { expect, it } from "vitest";
import { everyExtra, ofType, one, project, publicAccess, recordStack } from "./testing/recorded.ts";

const dev = await recordStack("dev");
const prod = await recordStack("prod", everyExtra);

const alerts = (recording: typeof dev) =>
  ofType(recording, gcp.monitoring.AlertPolicy).map(({ name, inputs }) => ({
    name,
    ...inputs,
    threshold: inputs.conditions[0]?.conditionThreshold,
  }));

it("the uptime check goes through the public front end, as Google's agent if access is private", async () => {
  const check = {
    period: "300s",
    httpCheck: { path: "/health/ready", port: 443, useSsl: true, validateSsl: true },
    monitoredResource: { labels: { project_id: project, host: "clan-service-abc123-ew.a.run.app" } },
  };
  const asked = one(prod, gcp.monitoring.UptimeCheckConfig).inputs;
  expect(asked).toMatchObject(check);
  expect(asked.httpCheck?.serviceAgentAuthentication).toEqual({ type: "OIDC_TOKEN" });
  const open = one(await recordStack("dev", publicAccess), gcp.monitoring.UptimeCheckConfig).inputs;
  expect(open).toMatchObject(check);
  expect(open.httpCheck).not.toHaveProperty("serviceAgentAuthentication");
});

it("alerts watch the resources of the stack, and each has a threshold", () => {
  const service = 'resource.type="cloud_run_revision" AND resource.label.service_name="clan-service"';
  const database = `resource.type="cloudsql_database" AND resource.label.database_id="${project}:clan-5eed01"`;
  const query = (id: string) =>
    `resource.type="bigquery_dts_config" AND resource.label.config_id="id-of-${id}"`;
  const watched = alerts(prod).map(({ name, threshold }) => [
    name.replace("alert-", ""),
    threshold?.filter?.replace(/ AND metric.*/, ""),
    threshold?.filter?.match(/(?<=metric.type=")[^"]*/)?.[0]?.replace(/^\w+\.googleapis\.com\//, ""),
    `${threshold?.comparison?.slice(-2)} ${threshold?.thresholdValue} for ${threshold?.duration}`,
  ]);
  const completed = "transfer_config/completed_runs";
  expect(watched.sort()).toEqual([
    ["activity_sync-failed", query("activity_sync"), completed, "GT 0 for 0s"],
    ["activity_sync-missing", query("activity_sync"), completed, "LT 1 for 60s"],
    ["daily_metrics-failed", query("daily_metrics"), completed, "GT 0 for 0s"],
    ["daily_metrics-missing", query("daily_metrics"), completed, "LT 1 for 60s"],
    ["daily_metrics_checks-failed", query("daily_metrics_checks"), completed, "GT 0 for 0s"],
    ["daily_metrics_checks-missing", query("daily_metrics_checks"), completed, "LT 1 for 60s"],
    ["database-connections", database, "database/postgresql/num_backends", "GT 320 for 300s"],
    ["database-cpu", database, "database/cpu/utilization", "GT 0.9 for 900s"],
    ["database-disk", database, "database/disk/bytes_used", `GT ${0.85 * 500e9} for 300s`],
    ["down", 'resource.type="uptime_url"', "uptime_check/check_passed", "GT 1 for 300s"],
    ["errors", service, "request_count", "GT 0.01 for 300s"],
    ["latency", service, "request_latencies", "GT 1000 for 600s"],
  ]);
});

it("failures are distinguished from successes", () => {
  const filter = (name: string) =>
    alerts(dev).find((alert) => alert.name === `alert-${name}`)?.threshold?.filter ?? "";
  expect(filter("errors")).toContain('metric.label.response_code_class="5xx"');
  expect(filter("down")).toContain('metric.label.check_id="uptime-check"');
  for (const name of ["activity_sync", "daily_metrics", "daily_metrics_checks"]) {
    expect(filter(`${name}-failed`)).toContain('metric.label.completion_state!="SUCCEEDED"');
    expect(filter(`${name}-missing`)).toContain('metric.label.completion_state="SUCCEEDED"');
  }
});

it("the error alert is a ratio of all requests", () => {
  const errors = alerts(prod).find(({ name }) => name === "alert-errors")?.threshold;
  expect(errors?.denominatorFilter).toBe(
    errors?.filter?.replace(' AND metric.label.response_code_class="5xx"', ""),
  );
  expect(errors?.denominatorAggregations).toEqual(errors?.aggregations);
});

it("a scheduled query that does not run at all raises an alert", () => {
  const missing = alerts(prod).filter(({ name }) => name.endsWith("-missing"));
  expect(missing.map(({ threshold }) => [threshold?.evaluationMissingData, threshold?.aggregations])).toEqual(
    missing.map(() => [
      "EVALUATION_MISSING_DATA_ACTIVE",
      [
        {
          alignmentPeriod: `${25 * 3_600}s`,
          perSeriesAligner: "ALIGN_DELTA",
          crossSeriesReducer: "REDUCE_SUM",
        },
      ],
    ]),
  );
});

it("every alert goes to alertEmail, and documents what to check", () => {
  const channel = one(prod, gcp.monitoring.NotificationChannel);
  expect(channel.inputs).toMatchObject({ type: "email", labels: { email_address: everyExtra.alertEmail } });
  for (const { notificationChannels, documentation, conditions, combiner } of alerts(prod)) {
    expect(notificationChannels).toEqual([`${channel.name}-id`]);
    expect(documentation?.content?.length).toBeGreaterThan(20);
    expect([conditions.length, combiner]).toEqual([1, "OR"]);
  }
  expect(alerts(dev).flatMap(({ notificationChannels }) => notificationChannels)).toEqual([]);
});

it("the budget covers this project per month, and notifies before it is reached", () => {
  expect(one(prod, gcp.billing.Budget).inputs).toMatchObject({
    billingAccount: everyExtra.budget.billingAccount,
    budgetFilter: { projects: ["projects/123456789012"], calendarPeriod: "MONTH" },
    amount: { specifiedAmount: { currencyCode: "USD", units: "300" } },
    thresholdRules: [
      { thresholdPercent: 0.5 },
      { thresholdPercent: 1 },
      { thresholdPercent: 1, spendBasis: "FORECASTED_SPEND" },
    ],
    allUpdatesRule: { monitoringNotificationChannels: ["alert-email-id"] },
  });
});
