import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const read = (path: string) => readFileSync(join(root, path), "utf8");

interface Manager {
  managerFilePatterns: string[];
  matchStrings: string[];
  depNameTemplate?: string;
}
const managers: Manager[] = JSON.parse(read("renovate.json")).customManagers;
const { devDependencies } = JSON.parse(read("infra/package.json"));

/** What the managers find in a file: the name and version of each tool. */
function found(path: string): { name: string; version: string }[] {
  const ofFile = managers.filter(({ managerFilePatterns }) =>
    // Patterns between slashes are regular expressions.
    managerFilePatterns.some((pattern) => new RegExp(pattern.slice(1, -1)).test(path)),
  );
  return ofFile.flatMap(({ matchStrings, depNameTemplate }) =>
    matchStrings.flatMap((pattern) =>
      [...read(path).matchAll(new RegExp(pattern, "g"))].map(({ groups }) => ({
        name: groups?.depName ?? depNameTemplate ?? "",
        version: groups?.currentValue ?? "",
      })),
    ),
  );
}

const workflows = globSync(".github/workflows/*.yml", { cwd: root });

it("Renovate finds the version of every tool that a workflow installs or runs", () => {
  for (const path of workflows) {
    const steps = read(path)
      .split("\n")
      .filter((line) => !/^\s*(#|- uses:)/.test(line));
    const versions = steps.flatMap((line) => line.match(/(?<=[@=:] ?)v?\d+\.\d+\.\d+/g) ?? []);
    expect(
      found(path)
        .map(({ version }) => version)
        .sort(),
      path,
    ).toEqual(versions.sort());
  }
  expect(new Set(workflows.flatMap(found).map(({ name }) => name))).toEqual(
    new Set([
      "github.com/GoogleCloudPlatform/cloud-sql-proxy/v2",
      "github.com/anchore/grype",
      "github.com/rhysd/actionlint",
      "zizmor",
      "org.openapitools:openapi-generator-cli",
      "@pulumi/pulumi",
    ]),
  );
});

it("the same version of a tool is named everywhere", () => {
  const others = found("scripts/released-api/generated-client.postgres.test.ts");
  const all = [
    ...workflows.flatMap(found),
    ...others,
    { name: "@pulumi/pulumi", version: devDependencies["@pulumi/pulumi"] },
  ];
  const versions = Map.groupBy(all, ({ name }) => name);
  expect(others).toHaveLength(1);
  for (const [name, uses] of versions) expect(new Set(uses.map(({ version }) => version)).size, name).toBe(1);
});
