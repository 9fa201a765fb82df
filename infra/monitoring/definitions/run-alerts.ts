import type { QueryName } from "../metrics.ts";
import type { RunAlerts } from "./forms.ts";

/**
 * Of the daily job and of the migration job, whose task is the same. The execution of a deployment begins the series: of a metric that has
 * never been written, no absence is noticed (https://docs.cloud.google.com/monitoring/alerts/metric-absence; that a threshold on
 * missing data does the same is believed).
 */
export const retentionAlerts: RunAlerts = {
  failed: {
    id: "retention-run-failed",
    title: "The retention of activity failed",
    severity: "ERROR",
    owner: "platform",
    meaning:
      "No quarter was created ahead and none was dropped in this run: the next one does both. After half a year without one, activity of new quarters is refused.",
    firstSteps: [
      "Read the failed execution: gcloud run jobs executions list --job=clan-retention (of a deployment: clan-migration), then its logs.",
      "A lock that it waited for is gone with the next run; execute it: gcloud run jobs execute clan-retention --wait.",
    ],
  },
  missing: {
    id: "retention-run-missing",
    title: "The retention of activity has not succeeded for 25 hours",
    severity: "ERROR",
    owner: "platform",
    meaning:
      "Activity older than activityRetentionDays stays, and no quarter is created ahead. A schedule that is paused or refused raises only this alert.",
    firstSteps: [
      "Check the schedule's last attempt: gcloud scheduler jobs describe clan-retention --location=REGION.",
      "A refused attempt or a paused schedule: pulumi up --refresh restores both.",
      "Execute the job: gcloud run jobs execute clan-retention --wait.",
    ],
  },
};

const catchUp: Record<string, string> = {
  activity_sync: 'The next run catches up; to run it now: eval "$(pulumi stack output syncCommand)".',
  daily_metrics: "Recompute missed days with npm run backfill -- --target bigquery.",
  daily_metrics_checks: "See the checks that fail with npm run validate -- --target bigquery.",
  daily_metrics_warnings: "See what warns with npm run validate -- --target bigquery.",
};

const unusualYesterday: RunAlerts["failed"] = {
  id: "daily_metrics_warnings-failed",
  title: "Yesterday's figures are unusual, or missing",
  severity: "WARNING",
  owner: "data",
  meaning:
    "A check that only warns found something in yesterday: a figure far from the same weekdays before, far more or fewer rows than in the week before, or none.",
  firstSteps: [
    "Read the run's error in BigQuery's scheduled queries: it names each check and how much it found.",
    "See the unusual days on the dashboard, tab Data health, and what moved the figure, tab What changed.",
    "No rows, or too few: see whether the game's servers sent them, and activity_sync brought them.",
    "Where the reason is known, note it: npm run annotate -- --day DAY --text TEXT --target bigquery.",
  ],
};

/** The alerts of a scheduled query; a new table's query needs no more than its line in `catchUp`, and works without. */
export const queryAlerts = (query: QueryName): RunAlerts => ({
  failed: query === "daily_metrics_warnings" ? unusualYesterday : failedAlert(query),
  missing: {
    id: `${query}-missing`,
    title: `The scheduled query ${query} has not succeeded in time`,
    severity: "ERROR",
    owner: "data",
    meaning:
      "No success for 25 hours, or for twice its interval if it runs more often: what depends on it is old. A query that is disabled or does not run at all raises only this alert.",
    firstSteps: [
      `Check in BigQuery's scheduled queries that ${query} is enabled, and read its run history.`,
      catchUp[query] ?? "The next run catches up.",
    ],
  },
});

const failedAlert = (query: QueryName): RunAlerts["failed"] => ({
  id: `${query}-failed`,
  title: `The scheduled query ${query} failed`,
  severity: "ERROR",
  owner: "data",
  meaning:
    "A run ended in another state than SUCCEEDED. Earlier results are kept: a run replaces its days in one statement.",
  firstSteps: [
    `Open ${query} in BigQuery's scheduled queries: its run history has the error.`,
    catchUp[query] ?? "The next run catches up.",
  ],
});
