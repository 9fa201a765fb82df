import type * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { burnRates } from "./burn-rates.ts";
import type { Limits, ThresholdAlert } from "./definition.ts";
import { objectives, queryAlerts, thresholdAlerts } from "./definitions.ts";
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

/** The longest alignment period that Monitoring allows, in minutes. */
const dayAndHour = 25 * 60;

/** Every alert without its conditions, in the order of docs/operate.md. */
export function alertTexts(queries: QueryName[], limits: Limits): AlertText[] {
  return [
    ...thresholdAlerts(limits),
    ...objectivesOf(limits).flatMap((objective) => burnRates.map((tier) => burnText(objective, tier))),
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
    ...queries.flatMap((query) => [
      { ...queryAlerts(query).failed, conditions: [failed(query, watched)] },
      { ...queryAlerts(query).missing, conditions: [missing(query, watched, limits)] },
    ]),
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

const completedRuns = (on: QueryName) => ({ on, type: "transfer_config/completed_runs" });

function failed(query: QueryName, watched: Watched): Condition {
  return {
    displayName: queryAlerts(query).failed.title,
    conditionThreshold: {
      filter: pulumi.interpolate`${filterOf(completedRuns(query), watched)} AND metric.label.completion_state!="SUCCEEDED"`,
      aggregations: aggregate("ALIGN_DELTA", "REDUCE_SUM", 5),
      comparison: "COMPARISON_GT",
      thresholdValue: 0,
      duration: "0s",
    },
  };
}

/** Slides over every minute, and sees a query that does not run at all, both of which an objective does not. */
function missing(query: QueryName, watched: Watched, { freshMinutes = dayAndHour }: Limits): Condition {
  // It recomputes the days that it touched in the same run; the other queries are daily.
  const isFrequent = query === "activity_sync";
  return {
    displayName: queryAlerts(query).missing.title,
    conditionThreshold: {
      filter: filterOf({ ...completedRuns(query), where: { completion_state: "SUCCEEDED" } }, watched),
      aggregations: aggregate("ALIGN_DELTA", "REDUCE_SUM", isFrequent ? freshMinutes : dayAndHour),
      comparison: "COMPARISON_LT",
      thresholdValue: 1,
      // Missing data is evaluated only if the duration is at least 60 s.
      duration: "60s",
      evaluationMissingData: "EVALUATION_MISSING_DATA_ACTIVE",
    },
  };
}

const aggregate = (perSeriesAligner: string, crossSeriesReducer: string, minutes: number) => [
  { alignmentPeriod: `${minutes * 60}s`, perSeriesAligner, crossSeriesReducer },
];
