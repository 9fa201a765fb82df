import type { Metric, Where } from "../metrics.ts";

/** The figures of a stack that its alerts depend on. */
export interface Limits {
  maxDiskGb: number;
  maxConnections: number;
  /** How old the metrics may get, in minutes; undefined if activity is synced once a day. */
  freshMinutes: number | undefined;
  /** Whether the dashboard is deployed. */
  hasDashboard: boolean;
}

/** What a person who is notified reads; the runbook in docs/operate.md has the same steps in more words. */
export interface Explained {
  id: string;
  title: string;
  owner: "platform" | "data";
  meaning: string;
  firstSteps: string[];
}

export interface Objective extends Explained {
  /** The share of requests, or of windows, that has to be good within 30 days. */
  goal: number;
  good:
    | { total: Metric; bad: Where }
    | { below: number; of: Metric }
    | { succeeded: Where; of: Metric; inWindowOf: "freshMinutes" };
}

/** An alert on a threshold that a metric exceeds for `forMinutes`. */
export interface ThresholdAlert extends Explained {
  severity: "CRITICAL" | "ERROR" | "WARNING";
  metric: Metric;
  aligner: string;
  reducer?: string;
  periodMinutes: number;
  above: number;
  forMinutes: number;
}

/** The alerts on something that runs regularly: on a run that failed, and on none that succeeded in time. */
export interface RunAlerts {
  failed: Explained & Pick<ThresholdAlert, "severity">;
  missing: Explained & Pick<ThresholdAlert, "severity">;
}

export interface Line {
  metric: Metric;
  aligner: string;
  reducer?: string;
  by?: string[];
  legend?: string;
}

/** A chart of the dashboard. */
export interface Chart {
  title: string;
  lines: Line[];
}

const labels = (label: string | undefined) => (label ? { by: [`metric.label.${label}`] } : {});

/** A count per second, by a label. */
export const perSecond = (metric: Metric, label?: string): Line => ({
  metric,
  aligner: "ALIGN_RATE",
  reducer: "REDUCE_SUM",
  ...labels(label),
});

/** A distribution's 95th percentile, by a label. */
export const percentile95 = (metric: Metric, by: { label?: string; legend?: string }): Line => ({
  metric,
  aligner: "ALIGN_DELTA",
  reducer: "REDUCE_PERCENTILE_95",
  ...labels(by.label),
  ...(by.legend && { legend: by.legend }),
});

/** A gauge's highest values, summed by a label. */
export const highest = (metric: Metric, label: string): Line => ({
  metric,
  aligner: "ALIGN_MAX",
  reducer: "REDUCE_SUM",
  ...labels(label),
});

/** A gauge's mean. */
export const mean = (metric: Metric, legend?: string): Line => ({
  metric,
  aligner: "ALIGN_MEAN",
  ...(legend && { legend }),
});

/** The runs of a scheduled query by their result, or those that succeeded. */
export const runs = (on: string, where?: Where): Line => ({
  metric: { on, type: "transfer_config/completed_runs", ...(where && { where }) },
  aligner: "ALIGN_DELTA",
  reducer: "REDUCE_SUM",
  ...(where ? { legend: on } : labels("completion_state")),
});
