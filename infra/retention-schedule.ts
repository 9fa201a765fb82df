import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { schedulerRegion } from "./scheduler-region.ts";

export interface RetentionScheduleArgs {
  project: pulumi.Input<string>;
  region: string;
  /** The task of the migration job: each execution also creates the coming quarters' partitions and removes what has expired. */
  taskTemplate: gcp.types.input.cloudrunv2.JobTemplateTemplate;
  /** Options of what runs on the migrated schema. */
  migrated: pulumi.CustomResourceOptions;
  protect: boolean;
}

export interface Retention {
  job: gcp.cloudrunv2.Job;
  /** Executes the job every day, and may do nothing else. */
  scheduler: gcp.serviceaccount.Account;
}

/** Executes the migration's task every day, as a job of its own: the migration job's executions are those of deployments. */
export function retentionSchedule(
  name: string,
  { project, region, taskTemplate, migrated, protect }: RetentionScheduleArgs,
  { parent, dependsOn = [] }: pulumi.CustomResourceOptions,
): Retention {
  const opts = parent ? { parent } : {};
  const scheduler = new gcp.serviceaccount.Account(
    name,
    { accountId: "clan-retention", displayName: "Clan service: daily execution of the retention job" },
    { ...opts, dependsOn },
  );
  const job = new gcp.cloudrunv2.Job(
    `${name}-job`,
    {
      name: "clan-retention",
      location: region,
      deletionProtection: protect,
      template: { template: taskTemplate },
    },
    { ...opts, protect, ...migrated },
  );
  const executes = new gcp.cloudrunv2.JobIamMember(
    `${name}-executes`,
    { name: job.name, location: job.location, role: "roles/run.invoker", member: scheduler.member },
    opts,
  );
  new gcp.cloudscheduler.Job(
    name,
    {
      name: "clan-retention",
      region: schedulerRegion(region),
      description: "Creates partitions ahead, and removes expired rows",
      schedule: "41 4 * * *",
      timeZone: "Etc/UTC",
      attemptDeadline: "60s",
      retryConfig: { retryCount: 3, minBackoffDuration: "60s" },
      httpTarget: {
        httpMethod: "POST",
        uri: pulumi.interpolate`https://run.googleapis.com/v2/projects/${project}/locations/${region}/jobs/${job.name}:run`,
        oauthToken: {
          serviceAccountEmail: scheduler.email,
          scope: "https://www.googleapis.com/auth/cloud-platform",
        },
      },
    },
    { ...opts, dependsOn: [executes] },
  );
  return { job, scheduler };
}
