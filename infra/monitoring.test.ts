import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { objectivesOf, policies } from "./monitoring/policies.ts";
import type { Recording } from "./recording/record.ts";
import { configOf, everyExtra, ofType, one, project, publicAccess, recordStack } from "./testing/recorded.ts";

const dev = await recordStack("dev");
const prod = await recordStack("prod", everyExtra);

const alerts = (recording: Recording) =>
  ofType(recording, gcp.monitoring.AlertPolicy).map(({ name, inputs }) => ({
    ...inputs,
    name: name.replace("alert-", ""),
    thresholds: inputs.conditions.map(({ conditionThreshold }) => conditionThreshold),
  }));
const service = 'resource.type="cloud_run_revision" AND resource.label.service_name="clan-service"';

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

it("alerts on thresholds watch the resources of the stack", () => {
  const database = `resource.type="cloudsql_database" AND resource.label.database_id="${project}:clan-5eed01"`;
  const retentionJobs =
    'resource.type="cloud_run_job" AND resource.label.job_name=one_of("clan-migration","clan-retention")';
  const query = (id: string) =>
    `resource.type="bigquery_dts_config" AND resource.label.config_id="id-of-${id}"`;
  const watched = alerts(prod)
    .filter(({ combiner }) => combiner === "OR")
    .map(({ name, thresholds: [threshold] }) => [
      name,
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
    ["daily_metrics_warnings-failed", query("daily_metrics_warnings"), completed, "GT 0 for 0s"],
    ["daily_metrics_warnings-missing", query("daily_metrics_warnings"), completed, "LT 1 for 60s"],
    ["database-connections", database, "database/postgresql/num_backends", "GT 320 for 300s"],
    ["database-cpu", database, "database/cpu/utilization", "GT 0.9 for 900s"],
    ["database-disk", database, "database/disk/bytes_used", `GT ${0.85 * 500e9} for 300s`],
    ["down", 'resource.type="uptime_url"', "uptime_check/check_passed", "GT 1 for 300s"],
    ["retention-run-failed", retentionJobs, "job/completed_execution_count", "GT 0 for 0s"],
    ["retention-run-missing", retentionJobs, "job/completed_execution_count", "LT 1 for 60s"],
  ]);
});

it("failures are distinguished from successes", () => {
  const filter = (name: string) =>
    alerts(dev).find((alert) => alert.name === name)?.thresholds[0]?.filter ?? "";
  expect(filter("down")).toContain('metric.label.check_id="uptime-check"');
  for (const name of ["activity_sync", "daily_metrics", "daily_metrics_checks", "daily_metrics_warnings"]) {
    expect(filter(`${name}-failed`)).toContain('metric.label.completion_state!="SUCCEEDED"');
    expect(filter(`${name}-missing`)).toContain('metric.label.completion_state="SUCCEEDED"');
  }
  expect(filter("retention-run-failed")).toContain('metric.label.result="failed"');
  expect(filter("retention-run-missing")).toContain('metric.label.result="succeeded"');
});

it("an unusual day is a warning with steps of its own, not a failed query", () => {
  const { severity, displayName, documentation } =
    ofType(prod, gcp.monitoring.AlertPolicy).find(({ inputs }) => /unusual/.test(String(inputs.displayName)))
      ?.inputs ?? {};
  expect([severity, displayName]).toEqual(["WARNING", "Yesterday's figures are unusual, or missing"]);
  expect(documentation?.content).toContain("docs/operate.md#unusual-figures");
});

it("the deployed dashboard, and no other, is watched for errors and slow answers", async () => {
  const isOfDashboard = ({ name }: { name: string }) => name.startsWith("dashboard-");
  expect(alerts(prod).filter(isOfDashboard)).toEqual([]);
  const deployed = await recordStack("prod", { ...everyExtra, dashboardViewers: ["user:ada@example.com"] });
  const dashboard = service.replace("clan-service", "clan-dashboard");
  const aggregated = (reducer: string, minutes: number) => [
    {
      alignmentPeriod: `${minutes * 60}s`,
      perSeriesAligner: "ALIGN_DELTA",
      crossSeriesReducer: reducer,
    },
  ];
  expect(
    alerts(deployed)
      .filter(isOfDashboard)
      .map(({ name, thresholds }) => [name, thresholds]),
  ).toEqual([
    [
      "dashboard-errors",
      [
        {
          filter: `${dashboard} AND metric.type="run.googleapis.com/request_count" AND metric.label.response_code_class="5xx"`,
          aggregations: aggregated("REDUCE_SUM", 5),
          comparison: "COMPARISON_GT",
          thresholdValue: 5,
          duration: "0s",
        },
      ],
    ],
    [
      "dashboard-latency",
      [
        {
          filter: `${dashboard} AND metric.type="run.googleapis.com/request_latencies"`,
          aggregations: aggregated("REDUCE_PERCENTILE_95", 15),
          comparison: "COMPARISON_GT",
          thresholdValue: 10_000,
          duration: "900s",
        },
      ],
    ],
  ]);
});

it("a scheduled query or a retention that does not run at all raises an alert", () => {
  const missing = alerts(prod).filter(({ name }) => name.endsWith("-missing"));
  expect(missing).toHaveLength(5);
  for (const { name, thresholds } of missing) {
    expect(thresholds).toMatchObject([
      {
        evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
        aggregations: [
          {
            // In prod, activity is synced every 15 minutes.
            alignmentPeriod: name === "activity_sync-missing" ? "1800s" : `${25 * 3_600}s`,
            perSeriesAligner: "ALIGN_DELTA",
            crossSeriesReducer: "REDUCE_SUM",
          },
        ],
      },
    ]);
  }
});

const withoutOutputs = (_key: string, value: unknown) => (pulumi.Output.isInstance(value) ? null : value);

describe("objectives", () => {
  const objective = (id: string) => one(prod, gcp.monitoring.Slo, { sloId: id }).inputs;

  it("availability is the share of requests without 5xx, in a rolling month", () => {
    const total = `${service} AND metric.type="run.googleapis.com/request_count"`;
    expect(objective("availability")).toMatchObject({
      goal: 0.999,
      rollingPeriodDays: 30,
      requestBasedSli: {
        goodTotalRatio: {
          totalServiceFilter: total,
          badServiceFilter: `${total} AND metric.label.response_code_class="5xx"`,
        },
      },
    });
  });

  it("latency is the share of requests within 300 ms, so that 95 % of it is p95 < 300 ms", () => {
    expect(objective("latency")).toMatchObject({
      goal: 0.95,
      requestBasedSli: {
        distributionCut: {
          distributionFilter: `${service} AND metric.type="run.googleapis.com/request_latencies"`,
          range: { max: 300 },
        },
      },
    });
  });

  it("none exceeds the goal that Google accepts", () => {
    for (const { inputs } of ofType(prod, gcp.monitoring.Slo)) expect(inputs.goal).toBeLessThanOrEqual(0.999);
  });

  it("each burns too fast only if its long and its short window say so", () => {
    const burning = alerts(prod).filter(({ combiner }) => combiner === "AND");
    const path = "projects/123456789012/services/clan-platform/serviceLevelObjectives";
    const tiers = [
      ["fast", "CRITICAL", 14.4, "1h", "5m"],
      ["slow", "ERROR", 6, "6h", "30m"],
      ["creeping", "WARNING", 3, "24h", "2h"],
    ] as const;
    const expected = ["availability", "latency", "freshness"].flatMap((id) =>
      tiers.map(([tier, severity, rate, ...windows]) => ({
        name: `${id}-${tier}`,
        severity,
        thresholds: windows.map((window) => ({
          filter: `select_slo_burn_rate("${path}/${id}", "${window}")`,
          comparison: "COMPARISON_GT",
          thresholdValue: rate,
          duration: "0s",
        })),
      })),
    );
    const byName = (alerts: { name: string }[]) =>
      alerts.toSorted((a, b) => a.name.localeCompare(b.name, "en"));
    expect(byName(burning.map(({ name, severity, thresholds }) => ({ name, severity, thresholds })))).toEqual(
      byName(expected),
    );
  });
});

it("freshness has an objective, and twice the interval as its limit, where metrics are computed more often than daily", () => {
  const limits = { maxDiskGb: 100, maxConnections: 100, freshMinutes: 30, hasDashboard: false };
  const watched = {
    service: pulumi.output("clan-service"),
    retention: pulumi.output(["clan-migration", "clan-retention"]),
    database: pulumi.output("p:i"),
    uptimeCheck: pulumi.output("check"),
    queries: {
      activity_sync: pulumi.output("1"),
      daily_metrics: pulumi.output("2"),
      checks: pulumi.output("3"),
    },
  };
  expect(objectivesOf(limits).map(({ id }) => id)).toEqual(["availability", "latency", "freshness"]);
  expect(objectivesOf({ ...limits, freshMinutes: undefined }).map(({ id }) => id)).not.toContain("freshness");
  const made = policies(watched, limits, {});
  const period = (id: string) => {
    const conditions = made.find((policy) => policy.id === id)?.conditions;
    return /"alignmentPeriod":"(\d+s)"/.exec(JSON.stringify(conditions, withoutOutputs))?.[1];
  };
  expect(period("activity_sync-missing")).toBe("1800s");
  for (const daily of ["daily_metrics-missing", "checks-missing"])
    expect(period(daily)).toBe(`${25 * 3_600}s`);
  expect(made.map(({ id }) => id)).toContain("freshness-fast");
});

it("no objective and no alert uses a metric from logs, which does not exist yet in the first minutes", () => {
  const resources = [...ofType(prod, gcp.monitoring.Slo), ...ofType(prod, gcp.monitoring.AlertPolicy)];
  expect(JSON.stringify(resources.map(({ inputs }) => inputs))).not.toContain("logging.googleapis.com/user");
});

it("metrics from logs are of our own entries, and have a series per operation at most", () => {
  for (const { inputs } of ofType(prod, gcp.logging.Metric)) {
    const field = inputs.valueExtractor?.match(/^EXTRACT\(jsonPayload\.(\w+)\)$/)?.[1];
    expect(inputs.filter).toContain(`jsonPayload.operation:* AND jsonPayload.${field}:*`);
    expect(Object.values(inputs.labelExtractors ?? {})).toEqual(
      inputs.name === "clan-request-latency" ? ["EXTRACT(jsonPayload.operation)"] : [],
    );
  }
});

describe("the dashboard", () => {
  const json = String(one(prod, gcp.monitoring.Dashboard).inputs.dashboardJson);
  const { tiles } = JSON.parse(json).mosaicLayout;

  it("has traffic, errors, latency by operation, pool, database, sync lag, freshness, rows and cost", () => {
    const titles: string[] = tiles.map(
      ({ widget }: { widget: { title: string } }) => widget.title.split(/[: (,]/)[0],
    );
    const asked = ["Traffic", "Errors", "Latency", "Pool", "Database", "Sync", "Freshness", "Rows", "Cost"];
    expect(asked.filter((word) => !titles.includes(word))).toEqual([]);
  });

  it("charts this stack's resources, and only metrics of ours that exist", () => {
    expect(json).toContain(`resource.label.database_id=\\"${project}:clan-5eed01\\"`);
    const used = json.matchAll(/logging\.googleapis\.com\/user\/([\w-]+)/g);
    const ours = ofType(prod, gcp.logging.Metric).map(({ inputs }) => inputs.name);
    expect([...new Set([...used].map(([, name]) => name))].sort()).toEqual(ours.sort());
  });

  it("has no overlapping tiles, and no zeros, which would differ at each up", () => {
    const places = tiles.map(({ xPos = 0, yPos = 0 }) => `${xPos} ${yPos}`);
    expect(new Set(places).size).toBe(tiles.length);
    expect(json).not.toMatch(/:0[,}]/);
  });
});

it("every alert goes to e-mail, Slack and webhook, and says who owns it, what it means, what to do, and where its runbook is", () => {
  const channels = ["alert-email-id", "alert-slack-id", "alert-webhook-id"];
  const { alertEmail, slackChannel, slackWorkspace } = everyExtra;
  expect(one(prod, gcp.monitoring.NotificationChannel, { type: "email" }).inputs.labels).toEqual({
    email_address: alertEmail,
  });
  expect(one(prod, gcp.monitoring.NotificationChannel, { type: "slack" }).inputs.labels).toEqual({
    channel_name: slackChannel,
    team: slackWorkspace,
  });
  for (const { notificationChannels, documentation, userLabels, severity } of alerts(prod)) {
    expect(notificationChannels).toEqual(channels);
    expect(["platform", "data"]).toContain(userLabels?.owner);
    expect(["CRITICAL", "ERROR", "WARNING"]).toContain(severity);
    expect(documentation?.content).toMatch(
      /^\*\*Owner:\*\* \w+\n\n[\s\S]{30,}\n\n1\. [\s\S]+Runbook: docs\/operate\.md#/,
    );
    expect(documentation?.links?.[0]?.url).toMatch(
      /^https:\/\/github\.com\/studio\/clan-platform\/blob\/main\/docs\/operate\.md#[\w-]+$/,
    );
  }
  expect(alerts(dev).flatMap(({ notificationChannels }) => notificationChannels)).toEqual([]);
  expect(alerts(dev).flatMap(({ documentation }) => documentation?.links ?? [])).toEqual([]);
});

it("the token and the webhook's URL are secret in inputs, outputs and messages", () => {
  const { slackToken, alertWebhook } = everyExtra;
  const channel = (type: string) => one(prod, gcp.monitoring.NotificationChannel, { type });
  expect(channel("slack").secrets).toEqual(["sensitiveLabels"]);
  expect(channel("slack").secretOutputs).toEqual(["sensitiveLabels"]);
  expect(channel("webhook_tokenauth").secrets).toEqual(["labels"]);
  expect(channel("webhook_tokenauth").secretOutputs).toEqual(["labels"]);
  expect(JSON.stringify(prod.outputs)).not.toContain(slackToken);
  for (const wrong of [{ slackToken: "wrong-secret" }, { alertWebhook: "ftp://wrong-secret" }]) {
    expect(() => configOf("dev", wrong)).toThrow(/is wrong: it must be/);
    expect(() => configOf("dev", wrong)).not.toThrow(/wrong-secret/);
  }
  expect(alertWebhook).toMatch(/^https/);
});

it("Slack needs its channel, workspace and token", () => {
  expect(() => configOf("dev", { slackChannel: "#alerts" })).toThrow(
    "clan-platform:slackWorkspace, clan-platform:slackToken must be set too",
  );
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
  });
});

it("the budget notifies alertEmail, and neither Slack nor a webhook, which Google refuses for budgets", async () => {
  expect(one(prod, gcp.billing.Budget).inputs.allUpdatesRule).toEqual({
    monitoringNotificationChannels: ["alert-email-id"],
  });
  const silent = await recordStack("dev", { ...everyExtra, alertEmail: undefined });
  expect(one(silent, gcp.billing.Budget).inputs).not.toHaveProperty("allUpdatesRule");
});
