import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";

export type ScheduledQuery = gcp.bigquery.DataTransferConfig;

/** Whom scheduled queries run as and where, what they wait for, and the options that make them children of their part. */
export interface Runner {
  account: gcp.serviceaccount.Account;
  location: string;
  ready: pulumi.Resource[];
  child: pulumi.CustomResourceOptions;
}

/** An account that may run jobs, and that BigQuery's `scheduler`, a member for grants, may act as. */
export function queryRunner(
  name: string,
  accountArgs: gcp.serviceaccount.AccountArgs,
  scheduler: pulumi.Output<string>,
  { project, location }: Config,
  child: pulumi.CustomResourceOptions,
): Runner {
  const account = new gcp.serviceaccount.Account(`${name}-queries`, accountArgs, child);
  const { member, name: serviceAccountId } = account;
  const runJobs = { project, role: "roles/bigquery.jobUser", member };
  const actAs = { serviceAccountId, role: "roles/iam.serviceAccountTokenCreator", member: scheduler };
  const ready = [
    new gcp.projects.IAMMember(`${name}-run-jobs`, runJobs, child),
    new gcp.serviceaccount.IAMMember(`${name}-scheduler-acts`, actAs, child),
  ];
  return { account, location, ready, child };
}

/** A query that runs every day at HH:MM, UTC. */
export function scheduledQuery(name: string, query: string, at: string, runner: Runner): ScheduledQuery {
  const { account, location, ready, child } = runner;
  const runs = { location, schedule: `every day ${at}`, serviceAccountName: account.email };
  // Nothing about a destination: the statement says itself where it writes.
  const statement = { displayName: name, dataSourceId: "scheduled_query", params: { query } };
  return new gcp.bigquery.DataTransferConfig(
    name.replaceAll("_", "-"),
    { ...statement, ...runs, emailPreferences: { enableFailureEmail: true } },
    { ...child, dependsOn: [...ready] },
  );
}

/** HH:MM so many minutes after HH:MM, or before. */
export function minutesAfter(time: string, minutes: number): string {
  const at = new Date(Date.parse(`1970-01-01T${time}Z`) + minutes * 60_000);
  return at.toISOString().slice(11, 16);
}
