import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as gcp from "@pulumi/gcp";
import { expect, it, onTestFinished } from "vitest";
import { jobAt, problemOf } from "./migration-check.ts";
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

const succeeded = job("EXECUTION_SUCCEEDED");

it("reads the job from the API", async () => {
  const url = await apiThat((response) => response.end(JSON.stringify(succeeded)));
  expect(await jobAt(url, "token")).toEqual(succeeded);
});

it.each<[string, (response: ServerResponse) => unknown]>([
  ["an error", (response) => response.writeHead(503).end("{}")],
  ["what is not JSON", (response) => response.end("<html>")],
  ["the beginning of an answer", (response) => response.write("{")],
  ["nothing", () => {}],
])("leaves the decision to the service if the API answers with %s", async (_, answer) => {
  expect(await jobAt(await apiThat(answer), "token", 200)).toBeUndefined();
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

async function apiThat(answer: (response: ServerResponse) => unknown): Promise<string> {
  const server = createServer((_request, response) => answer(response)).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return `http://127.0.0.1:${port}`;
}
