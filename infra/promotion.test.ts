import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import { expect, it } from "vitest";
import { workloadsOf } from "./testing/cloud-run.ts";
import { grantsOf } from "./testing/grants.ts";
import { configOf, isA, one, project, recordStack, unawaited } from "./testing/recorded.ts";

const imageDigest = `europe-west1-docker.pkg.dev/game-dev/clan-platform/clan-service@sha256:${"a".repeat(64)}`;

it("a promoted image is deployed by its digest everywhere, and nothing is built", async () => {
  const prod = await recordStack("prod", { imageDigest });
  const workloads = workloadsOf(prod);
  expect(workloads.length).toBeGreaterThan(1);
  const images = workloads.flatMap(({ template }) => template.containers?.map(({ image }) => image) ?? []);
  expect(new Set(images)).toEqual(new Set([imageDigest]));
  expect(prod.outputs.imageDigest).toBe(imageDigest);
  expect(prod.resources.filter((resource) => isA(resource, docker.Image))).toEqual([]);
});

it("a promoted image of the dashboard is deployed by its digest, and nothing is built", async () => {
  const dashboardImageDigest = imageDigest.replace("clan-service", "clan-dashboard");
  const dashboardViewers = ["user:ada@example.com"];
  const prod = await recordStack("prod", { imageDigest, dashboardImageDigest, dashboardViewers });
  const { template } = one(prod, gcp.cloudrunv2.Service, { name: "clan-dashboard" }).inputs;
  expect(template.containers?.map(({ image }) => image)).toEqual([dashboardImageDigest]);
  expect(prod.outputs.dashboardImageDigest).toBe(dashboardImageDigest);
  expect(prod.resources.filter((resource) => isA(resource, docker.Image))).toEqual([]);
  const clans = one(prod, gcp.cloudrunv2.Service, { name: "clan-service" }).inputs.template;
  expect(clans.containers?.map(({ image }) => image)).toEqual([imageDigest]);
});

it("what runs a promoted image waits for Cloud Run's agent and its rights, as it does for one that is built", async () => {
  const prod = await recordStack("prod", { imageDigest });
  const agent = grantsOf(prod).filter(({ member }) => member.includes("@serverless-robot-prod."));
  expect(agent.map(({ role }) => role).sort()).toEqual(["artifactregistry.reader", "run.serviceAgent"]);
  const needed = agent.map(({ resource }) => resource);
  for (const workload of workloadsOf(prod))
    expect(unawaited(prod, workload, needed), workload.name).toEqual([]);
});

it("promotion keeps the stack's own repository, which holds the images of earlier revisions", async () => {
  const [before, after] = [await recordStack("prod"), await recordStack("prod", { imageDigest })];
  const left = new Set(after.resources.map(({ urn }) => urn));
  const gone = before.resources.filter(({ urn }) => !left.has(urn)).map(({ name }) => name);
  expect(gone.sort()).toEqual(["image", "image-tag"]);
});

it("imageReaders may pull the images of dev, and nothing else", async () => {
  const imageReaders = [
    "serviceAccount:service-42@serverless-robot-prod.iam.gserviceaccount.com",
    "serviceAccount:clan-deployer@game-prod.iam.gserviceaccount.com",
  ];
  const dev = await recordStack("dev", { imageReaders });
  const grants = grantsOf(dev).filter(({ member }) => imageReaders.includes(member));
  expect(grants.map(({ role, on }) => [role, on])).toEqual(
    imageReaders.map(() => ["artifactregistry.reader", "artifactregistry"]),
  );
  const repository = one(dev, gcp.artifactregistry.Repository);
  for (const member of imageReaders) {
    const grant = one(dev, gcp.artifactregistry.RepositoryIamMember, { member });
    expect(unawaited(dev, grant, [repository])).toEqual([]);
  }
});

it("an image by its tag, which a later push can move, is refused", () => {
  const tagged = `europe-west1-docker.pkg.dev/${project}/clan-platform/clan-service:latest`;
  expect(() => configOf("prod", { imageDigest: tagged })).toThrow(
    `clan-platform:imageDigest is "${tagged}": it must be an image by its digest`,
  );
});
