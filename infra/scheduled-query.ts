import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";

export type ScheduledQuery = gcp.bigquery.DataTransferConfig;

/** Whom scheduled queries run as, and what they wait for. */
export interface Runner {
  account: gcp.serviceaccount.Account;
  ready: pulumi.Resource[];
}

/** An account that may run jobs, and that BigQuery's `scheduler`, a member for grants, may act as. */
export function queryRunner(
  name: string,
  accountArgs: gcp.serviceaccount.AccountArgs,
  scheduler: pulumi.Output<string>,
  { project }: Config,
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
  return { account, ready };
}

/** A query that runs every day at HH:MM, UTC. */
export function scheduledQuery(
  displayName: string,
  query: string,
  at: string,
  { location }: Config,
  { account, ready }: Runner,
  parent: pulumi.Resource,
): ScheduledQuery {
  const runs = { location, schedule: `every day ${at}`, serviceAccountName: account.email };
  // Nothing about a destination: the statement says itself where it writes.
  const statement = { displayName, dataSourceId: "scheduled_query", params: { query } };
  return new gcp.bigquery.DataTransferConfig(
    displayName.replaceAll("_", "-"),
    { ...statement, ...runs, emailPreferences: { enableFailureEmail: true } },
    { parent, dependsOn: [...ready] },
  );
}

/** HH:MM so many minutes after HH:MM, or before. */
export function minutesAfter(time: string, minutes: number): string {
  const at = new Date(Date.parse(`1970-01-01T${time}Z`) + minutes * 60_000);
  return at.toISOString().slice(11, 16);
}
