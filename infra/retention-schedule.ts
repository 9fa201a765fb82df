import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

export interface RetentionScheduleArgs {
  project: pulumi.Input<string>;
  region: pulumi.Input<string>;
  /** The migration job: each execution also creates the coming quarters' partitions and removes what has expired. */
  job: gcp.cloudrunv2.Job;
}

/** Executes the migration job every day, as an account that may do nothing else. Returns the account. */
export function retentionSchedule(
  name: string,
  { project, region, job }: RetentionScheduleArgs,
  { parent, dependsOn = [] }: pulumi.CustomResourceOptions,
): gcp.serviceaccount.Account {
  const opts = parent ? { parent } : {};
  const account = new gcp.serviceaccount.Account(
    name,
    { accountId: "clan-retention", displayName: "Clan service: daily execution of the migration job" },
    { ...opts, dependsOn },
  );
  const executes = new gcp.cloudrunv2.JobIamMember(
    `${name}-executes`,
    { name: job.name, location: job.location, role: "roles/run.invoker", member: account.member },
    opts,
  );
  new gcp.cloudscheduler.Job(
    name,
    {
      name: "clan-retention",
      region,
      description: "Creates partitions ahead, and removes expired rows",
      schedule: "41 4 * * *",
      timeZone: "Etc/UTC",
      attemptDeadline: "60s",
      retryConfig: { retryCount: 3, minBackoffDuration: "60s" },
      httpTarget: {
        httpMethod: "POST",
        uri: pulumi.interpolate`https://run.googleapis.com/v2/projects/${project}/locations/${region}/jobs/${job.name}:run`,
        oauthToken: {
          serviceAccountEmail: account.email,
          scope: "https://www.googleapis.com/auth/cloud-platform",
        },
      },
    },
    { ...opts, dependsOn: [executes] },
  );
  return account;
}
