import * as gcp from "@pulumi/gcp";
import { expect, it } from "vitest";
import { schedulerRegion } from "./scheduler-region.ts";
import { ofType, one, recordStack } from "./testing/recorded.ts";

it("a daily schedule executes the migration's task, in a job of its own, as an account that may do nothing else", async () => {
  const recording = await recordStack("prod", { activityRetentionDays: 90 });
  const schedule = one(recording, gcp.cloudscheduler.Job).inputs;
  const email = "clan-retention@game-test.iam.gserviceaccount.com";
  expect(schedule).toMatchObject({
    schedule: "41 4 * * *",
    timeZone: "Etc/UTC",
    httpTarget: {
      httpMethod: "POST",
      uri: "https://run.googleapis.com/v2/projects/game-test/locations/europe-west1/jobs/clan-retention:run",
      oauthToken: { serviceAccountEmail: email },
    },
  });
  expect(ofType(recording, gcp.cloudrunv2.JobIamMember).map(({ inputs }) => inputs)).toEqual([
    {
      name: "clan-retention",
      location: "europe-west1",
      role: "roles/run.invoker",
      member: `serviceAccount:${email}`,
    },
  ]);
  const grants = ofType(recording, gcp.projects.IAMMember).map(({ inputs }) => inputs.member);
  expect(grants).not.toContain(`serviceAccount:${email}`);
  const job = one(recording, gcp.cloudrunv2.Job, { name: "clan-retention" });
  const [container] = job.inputs.template?.template?.containers ?? [];
  expect(container?.envs).toContainEqual({ name: "ACTIVITY_RETENTION_DAYS", value: "90" });
  const migration = one(recording, gcp.cloudrunv2.Job, { name: "clan-migration" });
  expect(job.inputs.template).toEqual(migration.inputs.template);
  // On a schema that is not migrated, it would migrate beside the migration job.
  expect([job.dependsOn.includes(migration.urn), job.beforeChange]).toEqual([true, ["migration-succeeded"]]);
});

it.each([
  ["europe-west1", "europe-west1"],
  ["europe-west4", "europe-west4"],
  ["europe-north1", "europe-west1"],
  ["us-west2", "us-west2"],
  ["us-east5", "us-central1"],
  ["northamerica-south1", "northamerica-northeast1"],
  ["southamerica-west1", "southamerica-east1"],
  ["australia-southeast2", "australia-southeast1"],
  ["me-central2", "me-central2"],
  ["africa-south1", "europe-west1"],
])("the schedule of %s is in %s, because Cloud Scheduler is not everywhere", (region, expected) => {
  expect(schedulerRegion(region)).toBe(expected);
});

it("trap 41: in a region without Cloud Scheduler, a schedule in another one executes the job", async () => {
  const recording = await recordStack("dev", { "gcp:region": "europe-north1" });
  const schedule = one(recording, gcp.cloudscheduler.Job).inputs;
  expect(schedule?.region).toBe("europe-west1");
  const { location, name } = one(recording, gcp.cloudrunv2.Job, { name: "clan-retention" }).inputs;
  expect(location).toBe("europe-north1");
  expect(schedule?.httpTarget?.uri).toContain(`/locations/${location}/jobs/${name}:run`);
});
