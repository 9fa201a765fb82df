import type { Config } from "./config.ts";

const always = [
  "artifactregistry",
  "bigquery",
  "bigqueryconnection",
  "bigquerydatatransfer",
  "cloudbilling",
  "cloudresourcemanager",
  "cloudscheduler",
  "iam",
  "iamcredentials",
  "logging",
  "monitoring",
  "run",
  "serviceusage",
  "sqladmin",
];

/** Google's APIs that a stack needs, without `.googleapis.com`. */
export function apiNames({
  dashboardViewers,
  network,
  github,
  budget,
}: Pick<Config, "dashboardViewers" | "network" | "github" | "budget">): string[] {
  return [
    ...always,
    ...(network === "private" ? ["compute", "servicenetworking"] : []),
    // Signs the dashboard's viewers in.
    ...(dashboardViewers.length > 0 ? ["iap"] : []),
    // Exchanges the OIDC tokens of GitHub's workflows.
    ...(github ? ["sts"] : []),
    ...(budget ? ["billingbudgets"] : []),
  ];
}
