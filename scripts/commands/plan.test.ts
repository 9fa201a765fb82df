import { readFileSync } from "node:fs";
import { record } from "@clan-platform/infra/recording/record.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { describe, expect, it } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { expectOneSentence } from "../testkit/run.ts";
import { monthlyCost } from "./plan/cost.ts";
import { diagram } from "./plan/diagram.ts";
import { grantsOf } from "./plan/grants.ts";
import { withDiagram } from "./plan/readme.ts";

const resourcesOf = async (stack: string, others: Record<string, unknown> = {}) =>
  (await record(stack, stackSettings(stack, { "gcp:project": "my-project", ...others }))).resources;

it("prints tree, rights and cost of every stack, without an account", async () => {
  const { output, ended } = runCommand("plan", []);
  expect(await ended).toBe(0);
  for (const stack of ["dev", "prod"]) expect(output()).toContain(`clan-platform-${stack}`);
  expect(output()).toMatch(/├─ network\n.*compute\.GlobalAddress/);
  expect(output()).toMatch(/clan-service@my-project\.iam\n +PostgreSQL's clan_app +database clan/);
  expect(output()).toMatch(/bigquery\n +PostgreSQL's clan_reader +database clan/);
  expect(output()).toMatch(/clan-sync\n +bigquery\.connectionUser +connection clan-activity/);
  expect(output()).toMatch(/Cloud SQL, instance +db-custom-2-7680, in two zones +\d+\.\d\d/);
});

it("prints one stack, of a project of one's own", async () => {
  const { output, ended } = runCommand("plan", ["--stack", "prod", "--project", "star-clans"]);
  expect(await ended).toBe(0);
  expect(output()).toContain("Stack prod: project star-clans");
  expect(output()).not.toContain("Stack dev");
});

it("refuses a stack that there is not", async () => {
  const { output, ended } = runCommand("plan", ["--stack", "test"]);
  expect(await ended).toBe(64);
  expectOneSentence(output(), /--stack must be dev or prod, not test/);
});

it("the diagram in infra/README.md is that of the program", async () => {
  const readme = readFileSync(new URL("../../infra/README.md", import.meta.url), "utf8");
  expect(withDiagram(readme, diagram(await resourcesOf("prod")))).toBe(readme);
});

describe("who may do what", () => {
  it("names anyone, and no invoker, if access is public", async () => {
    const settings = { "clan-platform:access": "public", "clan-platform:apiKeys": ["a".repeat(64)] };
    const grants = grantsOf(await resourcesOf("dev", settings));
    const callers = grants.filter(({ role, on }) => role === "run.invoker" && on.startsWith("service "));
    expect(callers).toEqual([{ identity: "anyone", role: "run.invoker", on: "service clan-service" }]);
  });

  it("has a line for every right that the stack gives", async () => {
    const resources = await resourcesOf("prod", { "clan-platform:github": "star/clans" });
    const rights = resources.filter(({ type }) => /IamMember|IAMMember|:User$/.test(type));
    const grants = grantsOf(resources);
    expect(grants).toHaveLength(rights.length);
    expect(grants).toContainEqual({
      identity: "GitHub star/clans@refs/heads/main",
      role: "iam.workloadIdentityUser",
      on: "account clan-deployer",
    });
  });
});

describe("the cost", () => {
  const costOf = async (what: string, others: Record<string, unknown> = {}) => {
    const line = monthlyCost(await resourcesOf("prod", others)).find((line) => line.what === what);
    return line?.usd ?? Number.NaN;
  };

  it("is twice as high for a database in two zones", async () => {
    const zonal = { "clan-platform:databaseAvailability": "zonal" };
    // 2 CPUs and 7.5 GB for 730 hours.
    expect(await costOf("Cloud SQL, instance", zonal)).toBeCloseTo((2 * 0.0413 + 7.5 * 0.007) * 730, 5);
    expect(await costOf("Cloud SQL, instance")).toBeCloseTo(2 * (2 * 0.0413 + 7.5 * 0.007) * 730, 5);
  });

  it("counts instances that are kept warm", async () => {
    expect(await costOf("Cloud Run, kept warm", { "clan-platform:minInstances": 0 })).toBe(0);
    const one = await costOf("Cloud Run, kept warm", { "clan-platform:minInstances": 1 });
    expect(await costOf("Cloud Run, kept warm", { "clan-platform:minInstances": 3 })).toBeCloseTo(3 * one, 5);
  });
});
