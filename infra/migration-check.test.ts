import * as gcp from "@pulumi/gcp";
import { expect, it } from "vitest";
import { problemOf } from "./migration-check.ts";
import { ofType, recordStack } from "./testing/recorded.ts";

const image = "europe-west1-docker.pkg.dev/p/clan-platform/clan-service@sha256:aa";
const job = (completionStatus: string | undefined, of = image) => ({
  template: { template: { containers: [{ image: of }] } },
  ...(completionStatus && { latestCreatedExecution: { completionStatus } }),
});

it.each(["EXECUTION_SUCCEEDED", "EXECUTION_RUNNING", undefined])("continues after %s", (status) => {
  expect(problemOf(job(status), image, "europe-west1")).toBeUndefined();
});

it.each(["EXECUTION_FAILED", "EXECUTION_CANCELLED"])(
  "stops after %s, with the command that fixes it",
  (status) => {
    expect(problemOf(job(status), image, "europe-west1")).toContain(
      "gcloud run jobs execute clan-migration --region=europe-west1 --wait && pulumi up",
    );
  },
);

it("stops if the job has a different image", () => {
  expect(problemOf(job("EXECUTION_SUCCEEDED", "older"), image, "europe-west1")).toContain(
    "pulumi up --refresh",
  );
});

it("runs before the service and its login are created or updated", async () => {
  const recording = await recordStack("prod");
  const service = ofType(recording, gcp.cloudrunv2.Service);
  const logins = ofType(recording, gcp.sql.User).filter(({ name }) => name === "clan-service-login");
  expect([...service, ...logins].map(({ beforeChange }) => beforeChange)).toEqual([
    ["migration-succeeded"],
    ["migration-succeeded"],
  ]);
});
