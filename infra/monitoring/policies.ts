import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { burnRates } from "./definitions/burn-rates.ts";
import type { Limits, ThresholdAlert } from "./definitions/forms.ts";
import { objectives } from "./definitions/objectives.ts";
import { queryAlerts, retentionAlerts } from "./definitions/run-alerts.ts";
import { thresholdAlerts } from "./definitions/threshold-alerts.ts";
import { filterOf, type QueryName, type Watched } from "./metrics.ts";

type Condition = gcp.types.input.monitoring.AlertPolicyCondition;

/** What a person who is notified reads of an alert. */
export interface AlertText {
  id: string;
  title: string;
  severity: string;
  owner: string;
  meaning: string;
  firstSteps: string[];
}

export interface Policy extends AlertText {
  /** All of them must hold. */
  conditions: Condition[];
}

/** The longest alignment period of an alert, in minutes (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#Aggregation). */
const dayAndHour = 25 * 60;

/** Every alert without its conditions, in the order of docs/operate.md. */
export function alertTexts(queries: QueryName[], limits: Limits): AlertText[] {
  return [
    ...thresholdAlerts(limits),
    ...objectivesOf(limits).flatMap((objective) => burnRates.map((tier) => burnText(objective, tier))),
    ...Object.values(retentionAlerts),
    ...queries.flatMap((query) => Object.values(queryAlerts(query))),
  ];
}

/** Freshness has an objective only where the metrics are computed more often than once a day. */
export const objectivesOf = ({ freshMinutes }: Limits) =>
  objectives.filter(({ good }) => !("inWindowOf" in good) || freshMinutes !== undefined);

/** Every alert of a stack; `slos` are the full names of its objectives, by id. */
export function policies(
  watched: Watched,
  limits: Limits,
  slos: Record<string, pulumi.Output<string>>,
): Policy[] {
  const queries = Object.keys(watched.queries);
  return [
    ...thresholdAlerts(limits).map((alert) => ({ ...alert, conditions: [aboveThreshold(alert, watched)] })),
    ...objectivesOf(limits).flatMap((objective) =>
      burnRates.map((tier) => ({
        ...burnText(objective, tier),
        conditions: [tier.long, tier.short].map((period) =>
          burning(slos[objective.id] ?? pulumi.output(""), tier.rate, period),
        ),
      })),
    ),
    ...retentionPolicies(watched),
    ...queries.flatMap((query) => queryPolicies(query, watched, limits)),
  ];
}

function burnText(objective: (typeof objectives)[number], tier: (typeof burnRates)[number]): AlertText {
  const { id, owner, meaning, firstSteps, title } = objective;
  return {
    id: `${id}-${tier.id}`,
    title: `${id[0]?.toUpperCase()}${id.slice(1)}: ${tier.pace}`,
    severity: tier.severity,
    owner,
    meaning: `Objective: ${title}. ${meaning}`,
    firstSteps,
  };
}

function aboveThreshold(alert: ThresholdAlert, watched: Watched): Condition {
  const { title, metric, aligner, reducer = "REDUCE_NONE", periodMinutes, above, forMinutes } = alert;
  return {
    displayName: title,
    conditionThreshold: {
      filter: filterOf(metric, watched),
      aggregations: aggregate(aligner, reducer, periodMinutes),
      comparison: "COMPARISON_GT",
      thresholdValue: above,
      duration: `${forMinutes * 60}s`,
    },
  };
}

/** https://cloud.google.com/stackdriver/docs/solutions/slo-monitoring/api/timeseries-selectors; no aggregations are allowed. */
const burning = (slo: pulumi.Output<string>, rate: number, period: string): Condition => ({
  displayName: `burns the error budget ${rate} times too fast over ${period}`,
  conditionThreshold: {
    filter: pulumi.interpolate`select_slo_burn_rate("${slo}", "${period}")`,
    comparison: "COMPARISON_GT",
    thresholdValue: rate,
    duration: "0s",
  },
});

function queryPolicies(query: QueryName, watched: Watched, { freshMinutes = dayAndHour }: Limits): Policy[] {
  const { failed, missing } = queryAlerts(query);
  const runs = filterOf({ on: query, type: "transfer_config/completed_runs" }, watched);
  const state = "metric.label.completion_state";
  // It recomputes the days that it touched in the same run; the other queries are daily.
  const minutes = query === "activity_sync" ? freshMinutes : dayAndHour;
  return [
    { ...failed, conditions: [any(failed, pulumi.interpolate`${runs} AND ${state}!="SUCCEEDED"`)] },
    {
      ...missing,
      conditions: [none(missing, pulumi.interpolate`${runs} AND ${state}="SUCCEEDED"`, minutes)],
    },
  ];
}

function retentionPolicies(watched: Watched): Policy[] {
  const { failed, missing } = retentionAlerts;
  const executions = filterOf({ on: "retention", type: "job/completed_execution_count" }, watched);
  const result = "metric.label.result";
  return [
    { ...failed, conditions: [any(failed, pulumi.interpolate`${executions} AND ${result}="failed"`)] },
    {
      ...missing,
      conditions: [none(missing, pulumi.interpolate`${executions} AND ${result}="succeeded"`, dayAndHour)],
    },
  ];
}

/** There is any run of these. */
const any = ({ title }: AlertText, filter: pulumi.Output<string>): Condition => ({
  displayName: title,
  conditionThreshold: {
    filter,
    aggregations: aggregate("ALIGN_DELTA", "REDUCE_SUM", 5),
    comparison: "COMPARISON_GT",
    thresholdValue: 0,
    duration: "0s",
  },
});

/** There is none for so many minutes. Slides over every minute, and sees what does not run at all, both of which an objective does not. */
const none = ({ title }: AlertText, filter: pulumi.Output<string>, minutes: number): Condition => ({
  displayName: title,
  conditionThreshold: {
    filter,
    aggregations: aggregate("ALIGN_DELTA", "REDUCE_SUM", minutes),
    comparison: "COMPARISON_LT",
    thresholdValue: 1,
    // Missing data is evaluated only if the duration is at least 60 s
    // (https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies#EvaluationMissingData).
    duration: "60s",
    evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
  },
});

const aggregate = (perSeriesAligner: string, crossSeriesReducer: string, minutes: number) => [
  { alignmentPeriod: `${minutes * 60}s`, perSeriesAligner, crossSeriesReducer },
];
