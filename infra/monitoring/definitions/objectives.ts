import type { Objective } from "./forms.ts";

/** What is promised, over a rolling month. */
export const objectives: Objective[] = [
  {
    id: "availability",
    title: "99.9 % of requests are answered without an error of ours (5xx)",
    owner: "platform",
    goal: 0.999,
    good: { total: { on: "service", type: "request_count" }, bad: { response_code_class: "5xx" } },
    meaning:
      "Game clients get errors: retries of writes with a key are safe, but players wait or see failures.",
    firstSteps: [
      "Read the service's logs with severity ERROR: each names the request and the error.",
      "After a deployment, roll back the service (docs/operate.md, Procedures).",
      "503 with reason OVERLOADED: see the dashboard's pool and database charts.",
    ],
  },
  {
    id: "latency",
    title: "95 % of requests are answered within 300 ms",
    owner: "platform",
    goal: 0.95,
    good: { below: 300, of: { on: "service", type: "request_latencies" } },
    meaning:
      "Players wait. Bulk imports take seconds and count too; normally they are far fewer than 5 % of the requests.",
    firstSteps: [
      "Find the slow operation in the dashboard's chart of latency by operation.",
      "Requests that wait for the pool: raise poolMax or maxInstances within the database's connections.",
      "Otherwise look for a slow query or a lock in Query Insights.",
    ],
  },
  {
    id: "freshness",
    title: "In 99 % of the windows, activity reaches the metrics in time",
    owner: "data",
    goal: 0.99,
    good: {
      succeeded: { completion_state: "SUCCEEDED" },
      // It syncs activity and recomputes the touched days in one run.
      of: { on: "activity_sync", type: "transfer_config/completed_runs" },
      inWindowOf: "freshMinutes",
    },
    meaning: "The dashboard and Looker Studio show old figures. No data are lost: the next run catches up.",
    firstSteps: [
      "Open the run history of activity_sync in BigQuery: it has the error.",
      'Sync now: eval "$(pulumi stack output syncCommand)".',
      "If the runs are slow rather than failed, see the database's CPU: the sync reads from it.",
    ],
  },
];
