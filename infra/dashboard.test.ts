import { parseSettings } from "@clan-platform/dashboard/server/environment.ts";
import * as docker from "@pulumi/docker";
import * as gcp from "@pulumi/gcp";
import { RandomId, RandomPassword } from "@pulumi/random";
import { describe, expect, it } from "vitest";
import { contextFiles, contextFolder } from "./image-context.ts";
import type { Recording } from "./recording/record.ts";
import { workloadsOf } from "./testing/cloud-run.ts";
import { difference } from "./testing/difference.ts";
import { grantsOf, rightsOf } from "./testing/grants.ts";
import {
  customResources,
  everyExtra,
  isA,
  leaves,
  ofType,
  one,
  project,
  recordStack,
  unawaited,
} from "./testing/recorded.ts";
import { contentHash, put, smallContext } from "./testing/small-context.ts";

const dashboardViewers = ["group:analysts@example.com", "user:ada@example.com"];
const without = await recordStack("prod", everyExtra);
const prod = await recordStack("prod", { ...everyExtra, dashboardViewers });
const dev = await recordStack("dev", { dashboardViewers });
const each = Object.entries({ prod, dev });

const account = `serviceAccount:clan-dashboard@${project}.iam.gserviceaccount.com`;
const iap = "serviceAccount:service-123456789012@gcp-sa-iap.iam.gserviceaccount.com";

const serviceOf = (recording: Recording) =>
  one(recording, gcp.cloudrunv2.Service, { name: "clan-dashboard" });
const imageOf = (recording: Recording) => {
  const image = ofType(recording, docker.Image).find(({ name }) => name === "dashboard-image");
  if (!image) throw new Error("The program registered no image of the dashboard");
  return image;
};

describe("dashboardViewers", () => {
  it("deploys the dashboard, and changes nothing else but the deployer, who may deploy it", () => {
    const changes = difference(without, prod);
    const others = changes.split("\n").filter((change) => !change.startsWith("+ "));
    expect(others).toEqual([
      expect.stringMatching(/^~ outputs dashboardImageDigest: /),
      expect.stringMatching(/^~ outputs dashboardUrl: /),
    ]);
    expect(without.outputs.dashboardUrl ?? null).toBeNull();
    expect(prod.outputs.dashboardUrl).toBe("https://clan-dashboard-abc123-ew.a.run.app");
    expect(rightsOf(prod, `serviceAccount:clan-deployer@${project}.iam.gserviceaccount.com`)).toContain(
      `iam.serviceAccountUser on serviceaccount projects/${project}/serviceAccounts/${account.slice(15)}`,
    );
  });

  it("may be members only, and not everybody", async () => {
    await expect(recordStack("dev", { dashboardViewers: ["allUsers"] })).rejects.toThrow(
      /dashboardViewers\.0 is .*it must be members such as user:/,
    );
  });
});

describe("traps", () => {
  it("trap 1: everything of the dashboard waits for the APIs, among which is IAP's", () => {
    for (const [stack, recording] of each) {
      const apis = ofType(recording, gcp.projects.Service);
      expect(apis.map(({ inputs }) => inputs.service)).toContain("iap.googleapis.com");
      const others = customResources(recording).filter(
        (resource) => ![gcp.projects.Service, RandomId, RandomPassword].some((kind) => isA(resource, kind)),
      );
      for (const resource of others) expect(unawaited(recording, resource, apis), stack).toEqual([]);
    }
  });

  it("trap 3: its image has a tag of its own content, and is deployed by digest", () => {
    const hash = contentHash(contextFolder, "dashboard");
    expect(hash).not.toBe(contentHash());
    for (const [, recording] of each) {
      const image = imageOf(recording);
      expect(image.inputs).toMatchObject({
        imageName: `europe-west1-docker.pkg.dev/${project}/clan-platform/clan-dashboard:${hash}-5eed01`,
        build: { platform: "linux/amd64", dockerfile: expect.stringMatching(/dashboard\/Dockerfile$/) },
      });
      expect(ofType(recording, gcp.artifactregistry.Repository)).toHaveLength(1);
      const { template } = serviceOf(recording).inputs;
      expect(template.containers?.[0]?.image).toMatch(/\/clan-dashboard@sha256:[0-9a-f]{64}$/);
      expect(serviceOf(recording).dependsOn).toContain(image.urn);
    }
  });

  it("waits for the tables, so that a new one never asks for columns that they don't have yet", () => {
    for (const [stack, recording] of each) {
      const tables = ofType(recording, gcp.bigquery.Table);
      expect(tables.length).toBeGreaterThan(20);
      expect(unawaited(recording, serviceOf(recording), tables), stack).toEqual([]);
    }
  });

  it("trap 4: its tag changes with the dashboard and the warehouse, and not with tests or the service", () => {
    const folder = smallContext();
    const hash = () => contentHash(folder, "dashboard");
    let before = hash();
    for (const file of [
      "service/src/server.ts",
      "dashboard/server/app.test.ts",
      "warehouse/testing/rows.ts",
    ]) {
      put(folder, file, "of no concern");
      expect(hash(), file).toBe(before);
    }
    for (const file of ["dashboard/page/main.ts", "warehouse/tables/a.sql", "dashboard/Dockerfile"]) {
      put(folder, file, "other content");
      expect(hash(), file).not.toBe(before);
      before = hash();
    }
    const files = contextFiles(contextFolder, "dashboard").map((path) => path.replaceAll("\\", "/"));
    expect(files).toContain("dashboard/server/server.ts");
    expect(files.filter((file) => /\.test\.ts$|\/testing\/|node_modules|^service\/src/.test(file))).toEqual(
      [],
    );
  });

  it("protect leaves it alone: it holds no data", () => {
    for (const [, recording] of each) {
      const { inputs, protect } = serviceOf(recording);
      // Its default is true.
      expect([inputs.deletionProtection, protect]).toEqual([false, false]);
    }
  });

  it("trap 10: it waits for its account's grants", () => {
    for (const [stack, recording] of each) {
      const rights = grantsOf(recording).filter(({ member }) => member === account);
      expect(rights).toHaveLength(3);
      const needed = rights.map(({ resource }) => resource);
      expect(unawaited(recording, serviceOf(recording), needed), stack).toEqual([]);
    }
  });

  it("trap 35: IAP calls a service as its own agent, which needs run.invoker, and nobody else has it", () => {
    for (const [, recording] of each) {
      const invokers = grantsOf(recording).filter(
        ({ role, target }) => role === "run.invoker" && target === "clan-dashboard",
      );
      expect(invokers.map(({ member }) => member)).toEqual([iap]);
      expect(serviceOf(recording).inputs).toMatchObject({ iapEnabled: true, invokerIamDisabled: false });
    }
  });
});

describe("security", () => {
  it("lets in the viewers and no one else", () => {
    for (const [, recording] of each) {
      const viewers = ofType(recording, gcp.iap.WebCloudRunServiceIamMember).map(({ inputs }) => inputs);
      expect(viewers.map(({ member }) => member).sort()).toEqual(dashboardViewers);
      for (const viewer of viewers) {
        expect(viewer).toMatchObject({
          role: "roles/iap.httpsResourceAccessor",
          cloudRunServiceName: "clan-dashboard",
          location: "europe-west1",
        });
      }
      const values = recording.resources.flatMap(({ inputs }) => leaves(inputs)).map(([, value]) => value);
      expect(values.filter((value) => /^all(Authenticated)?Users$/.test(String(value)))).toEqual([]);
    }
  });

  it("runs as its own account, which reads rows of the analytics dataset alone", () => {
    for (const [, recording] of each) {
      expect(`serviceAccount:${serviceOf(recording).inputs.template.serviceAccount}`).toBe(account);
      expect(rightsOf(recording, account)).toEqual([
        "bigquery.dataViewer on bigquery clan_case_analytics",
        `bigquery.jobUser on projects ${project}`,
        "bigquery.metadataViewer on bigquery clan_case_raw",
      ]);
    }
  });

  it("costs nothing while nobody looks, and shares its answers in one instance", () => {
    for (const [, recording] of each) {
      expect(serviceOf(recording).inputs.template).toMatchObject({
        scaling: { minInstanceCount: 0, maxInstanceCount: 1 },
        timeout: "60s",
        containers: [{ resources: { limits: { cpu: "1", memory: "512Mi" }, cpuIdle: true } }],
      });
    }
  });

  it("has an environment that its server accepts, without secrets, and listens where Cloud Run asks", () => {
    for (const [, recording] of each) {
      const workload = workloadsOf(recording).find(({ inputs }) => inputs.name === "clan-dashboard");
      const settings = parseSettings({ PAGE: "/page", ...workload?.environment });
      expect(settings).toMatchObject({
        GOOGLE_CLOUD_PROJECT: project,
        BIGQUERY_LOCATION: "EU",
        MAXIMUM_BYTES_BILLED: 20e9,
      });
      expect(workload?.container.ports).toEqual({ containerPort: settings.PORT });
      const { startupProbe, livenessProbe } = serviceOf(recording).inputs.template.containers?.[0] ?? {};
      for (const probe of [startupProbe, livenessProbe]) {
        expect(probe?.httpGet).toEqual({ path: "/health" });
        expect(probe?.timeoutSeconds).toBeLessThanOrEqual(probe?.periodSeconds ?? 0);
        expect(probe?.failureThreshold).toBeGreaterThan(1);
      }
    }
  });
});
