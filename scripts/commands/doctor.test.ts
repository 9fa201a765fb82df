import { chmodSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { runCommand } from "../testkit/command.ts";
import { temporaryFolder } from "../testkit/run.ts";
import { checkApis } from "./doctor/google.ts";
import { checkSettings } from "./doctor/stack.ts";

// Tools that respond as the real ones do when everything is in order.
const well = {
  node: "echo v24.1.0",
  pulumi: 'case "$1" in version) echo v3.270.0 ;; whoami) echo ada ;; esac',
  docker: "echo 28.2.2",
  gcloud:
    'case "$*" in *print-access-token*) echo a-token ;; *projects\\ describe*lifecycleState*) echo ACTIVE ;; *billingEnabled*) echo True ;; esac',
};

/** Runs the doctor on a machine that has these tools and no others. */
async function diagnose(tools: Record<string, string | undefined>, args: string[] = []) {
  const folder = await temporaryFolder();
  for (const [name, script] of Object.entries({ ...well, ...tools })) {
    if (script === undefined) continue;
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const { output, ended } = runCommand("doctor", args, {
    PATH: ["/nowhere/node_modules/.bin", folder].join(delimiter),
  });
  const code = await ended;
  return { code, output: output() };
}

// The stacks of this repository set no project.
const withoutProject =
  /FAILED {2}Project +gcp:project is not set\n +pulumi config set gcp:project PROJECT --stack dev/;

it("finds what is installed, and that no project is set", async () => {
  const { code, output } = await diagnose({});
  expect(output).toMatch(/ok {6}Node +24\.1\.0/);
  expect(output).toMatch(/ok {6}Pulumi +3\.270\.0/);
  expect(output).toMatch(/ok {6}Pulumi's state +logged in as ada/);
  expect(output).toMatch(/ok {6}Docker +engine 28\.2\.2 is running/);
  expect(output).toMatch(/ok {6}Credentials/);
  expect(output).toMatch(/ok {6}Connections +at most 22 of the 25/);
  expect(output).toMatch(withoutProject);
  expect(code).toBe(1);
});

it("reports a missing tool as a finding, and runs all other checks", async () => {
  const { code, output } = await diagnose({
    node: undefined,
    pulumi: undefined,
    docker: undefined,
    gcloud: undefined,
  });
  expect(output).toMatch(/FAILED {2}Node +not found on the PATH/);
  expect(output).toMatch(/FAILED {2}Pulumi +not installed\n +https:\/\/www\.pulumi\.com/);
  expect(output).toMatch(/FAILED {2}Docker +not installed/);
  expect(output).toMatch(/FAILED {2}Credentials +gcloud is not installed/);
  expect(output).toMatch(/ok {6}Settings/);
  expect(output).not.toMatch(/^\s+at .*:\d+/m);
  expect(code).toBe(1);
});

it("says what to do if Pulumi can't build with Docker's image store, which may be containerd's", async () => {
  const docker = `echo '29.0.4 [["driver-type","io.containerd.snapshotter.v1"]]'`;
  const { output } = await diagnose({ docker });
  expect(output.replaceAll(/\s+/g, " ")).toMatch(
    /ok Docker engine 29\.0\.4 is running, with containerd's image store: if pulumi up fails with .* switch it off \(docs\/deploy\.md\)/,
  );
  const { output: other } = await diagnose({ docker: `echo '28.2.2 [["Backing Filesystem","extfs"]]'` });
  expect(other).toMatch(/ok {6}Docker +engine 28\.2\.2 is running\n/);
});

describe("reports each problem with the command that fixes it", () => {
  it.each([
    [
      "an old Node",
      { node: "echo v20.20.2" },
      /FAILED {2}Node +20\.20\.2, and the program needs.*\n +npm exec -c 'pulumi up'/,
    ],
    ["an old Pulumi", { pulumi: "echo v3.99.0" }, /FAILED {2}Pulumi +3\.99\.0, and 3\.190 or later/],
    [
      "no login to the state",
      { pulumi: '[ "$1" = version ] && echo v3.270.0' },
      /FAILED {2}Pulumi's state.*\n +pulumi login/,
    ],
    [
      "no engine",
      { docker: "echo; exit 0" },
      /FAILED {2}Docker +installed, but its engine does not respond\n +sudo systemctl start docker/,
    ],
    [
      "no engine, for a client that prints its details nevertheless",
      { docker: "echo ' null'" },
      /FAILED {2}Docker +installed, but its engine does not respond/,
    ],
    [
      "an engine's error",
      { docker: "exit 1" },
      /FAILED {2}Docker +installed, but its engine does not respond/,
    ],
    [
      "no credentials",
      { gcloud: "exit 1" },
      /FAILED {2}Credentials.*\n +gcloud auth application-default login/,
    ],
  ])("%s", async (_what, tools, finding) => {
    const { code, output } = await diagnose(tools);
    expect(output).toMatch(finding);
    expect(code).toBe(1);
  });
});

it.each([
  ["echo cloudresourcemanager.googleapis.com; echo serviceusage.googleapis.com", true, "enabled", []],
  [
    "echo serviceusage.googleapis.com",
    false,
    "not enabled: cloudresourcemanager.googleapis.com",
    ["gcloud services enable cloudresourcemanager.googleapis.com --project=game-test"],
  ],
  [
    // As gcloud asks, and fails without an answer (https://github.com/google-github-actions/deploy-cloudrun/issues/509).
    "echo 'Enable it and retry (y/N)?' >&2; read -r answer || { echo NOT_ENABLED >&2; exit 1; }",
    false,
    "NOT_ENABLED",
    [
      "gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com --project=game-test",
    ],
  ],
  [
    "printf 'ERROR: (gcloud.services.list) There was a problem refreshing your current auth tokens\\nPlease run:\\n\\n  $ gcloud auth login\\n\\nto obtain new credentials.\\n' >&2; exit 1",
    false,
    "There was a problem refreshing your current auth tokens",
    [
      "gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com --project=game-test",
    ],
  ],
  [
    "echo PERMISSION_DENIED >&2; exit 1",
    false,
    "PERMISSION_DENIED",
    [
      "gcloud services enable cloudresourcemanager.googleapis.com serviceusage.googleapis.com --project=game-test",
    ],
  ],
])(
  "checks the APIs without which a service account can't enable the others: %s",
  async (script, isGood, found, remedies) => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, "gcloud"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "gcloud"), 0o755);
    vi.stubEnv("PATH", folder);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await checkApis("game-test")).toMatchObject({
      isGood,
      found: expect.stringContaining(found),
      remedies,
    });
  },
);

describe("the stack's settings", () => {
  const right = {
    "gcp:region": "europe-west1",
    "clan-platform:protect": "false",
    "clan-platform:network": "public",
    "clan-platform:databaseTier": "db-f1-micro",
    "clan-platform:databaseAvailability": "zonal",
    "clan-platform:minInstances": "0",
    "clan-platform:maxInstances": "2",
    "clan-platform:poolMax": "3",
  };

  it("are checked before anything is deployed", () => {
    expect(checkSettings(right, "Pulumi.dev.yaml").every(({ isGood }) => isGood)).toBe(true);
  });

  it.each([
    [{ "gcp:region": "us-east1" }, /location is EU, and gcp:region is us-east1/],
    [{ "clan-platform:databaseTier": "db-perf-optimized-N-2" }, /edition ENTERPRISE has/],
    [{ "clan-platform:maxInstances": "9" }, /up to 64 connections, and db-f1-micro accepts 25/],
  ])("%o is reported with the file to edit", (wrong, problem) => {
    const [finding] = checkSettings({ ...right, ...wrong }, "Pulumi.dev.yaml");
    expect(finding).toMatchObject({ isGood: false, remedies: ["edit Pulumi.dev.yaml"] });
    expect(finding?.found).toMatch(problem);
  });
});
