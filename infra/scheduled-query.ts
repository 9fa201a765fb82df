import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";

export interface QueryAccountArgs {
  project: pulumi.Input<string>;
  accountId: string;
  displayName: string;
  /** BigQuery's scheduler, as a member for grants. */
  scheduler: pulumi.Input<string>;
}

/** A service account that scheduled queries run as, and the grants that they have to wait for. */
export interface QueryAccount {
  account: gcp.serviceaccount.Account;
  grants: pulumi.Resource[];
}

/** Creates an account that may run BigQuery jobs, and that `scheduler` may impersonate. */
export function queryAccount(
  name: string,
  args: QueryAccountArgs,
  opts: pulumi.CustomResourceOptions,
): QueryAccount {
  const account = new gcp.serviceaccount.Account(
    `${name}-queries`,
    { accountId: args.accountId, displayName: args.displayName },
    opts,
  );
  const runsJobs = new gcp.projects.IAMMember(
    `${name}-run-jobs`,
    { project: args.project, role: "roles/bigquery.jobUser", member: account.member },
    opts,
  );
  const impersonated = new gcp.serviceaccount.IAMMember(
    `${name}-scheduler-acts`,
    {
      serviceAccountId: account.name,
      role: "roles/iam.serviceAccountTokenCreator",
      member: args.scheduler,
    },
    opts,
  );
  return { account, grants: [runsJobs, impersonated] };
}

export type ScheduledQuery = gcp.bigquery.DataTransferConfig;

export interface ScheduledQueryArgs {
  query: string;
  /** In BigQuery's words, UTC: `every day 03:17`, `every 15 minutes`. */
  schedule: string;
  location: pulumi.Input<string>;
  account: gcp.serviceaccount.Account;
}

/** A query that runs on a schedule. */
export function scheduledQuery(
  name: string,
  args: ScheduledQueryArgs,
  opts: pulumi.CustomResourceOptions,
): ScheduledQuery {
  return new gcp.bigquery.DataTransferConfig(
    name.replaceAll("_", "-"),
    {
      displayName: name,
      dataSourceId: "scheduled_query",
      // No destination: the statement itself names the tables that it writes.
      params: { query: args.query },
      location: args.location,
      schedule: args.schedule,
      serviceAccountName: args.account.email,
      // No e-mail preferences: they would go to the query's owner, here a service account, which reads none; alerts report failures
      // (monitoring/definitions/run-alerts.ts). To switch off what is off would be a change at each `up`.
    },
    opts,
  );
}

/** The time of day HH:MM so many minutes after another, or before it if negative. */
export function minutesAfter(time: string, minutes: number): string {
  const at = new Date(Date.parse(`1970-01-01T${time}Z`) + minutes * 60_000);
  return at.toISOString().slice(11, 16);
}
