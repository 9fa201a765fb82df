import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { parse } from "yaml";

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}
interface Job {
  "runs-on"?: string;
  needs?: string | string[];
  uses?: string;
  steps?: Step[];
  strategy?: { matrix: Record<string, string | string[]> };
  environment?: string;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": boolean };
}
interface Workflow {
  on: { schedule?: { cron: string }[] };
  permissions: Record<string, string>;
  concurrency?: { group: string };
  jobs: Record<string, Job>;
}

const github = fileURLToPath(new URL("../.github/", import.meta.url));
const files = (await readdir(join(github, "workflows"))).sort();
const texts = await Promise.all(files.map((file) => readFile(join(github, "workflows", file), "utf8")));
const workflows = texts.map((text): Workflow => parse(text));
const workflow = (file: string) => workflows[files.indexOf(file)] as Workflow;
const deploy = workflow("deploy.yml");
const jobs = workflows.flatMap(({ jobs }, at) =>
  Object.entries(jobs).map(([name, job]) => ({ name: `${files[at]} ${name}`, job })),
);
const steps = jobs.flatMap(({ name, job }) => (job.steps ?? []).map((step) => ({ name, step })));
// Those that only call another workflow grant it the right.
const mints = jobs.filter(({ job }) => job.steps && job.permissions?.["id-token"] === "write");

describe("the workflows", () => {
  it("pin every action by its commit, with the version beside it", () => {
    const uses = texts.flatMap((text) =>
      [...text.matchAll(/uses: (.*)$/gm)].map(([, action = ""]) => action),
    );
    expect(uses.length).toBeGreaterThan(10);
    const pinned = /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
    expect(uses.filter((action) => !pinned.test(action) && !action.startsWith("./"))).toEqual([]);
  });

  it("leave no credentials in the checkout", () => {
    const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
    expect(checkouts.length).toBeGreaterThan(5);
    for (const { name, step } of checkouts) expect(step.with?.["persist-credentials"], name).toBe(false);
  });

  it("may only read by default", () => {
    for (const { permissions } of workflows) expect(permissions).toEqual({ contents: "read" });
  });

  it("mint a token in jobs that need one, which run no tests and no install scripts", () => {
    const needs = /^(google-github-actions\/auth|actions\/attest)@/;
    const users = jobs.filter(({ job }) => job.steps?.some(({ uses }) => needs.test(uses ?? "")));
    expect(mints.map(({ name }) => name)).toEqual(users.map(({ name }) => name));
    for (const { name, job } of mints) {
      const commands = (job.steps ?? []).map(({ run = "" }) => run).join("\n");
      expect(commands, name).not.toMatch(/npm (test|run|start)|npx|vitest/);
      for (const [install] of commands.matchAll(/npm (ci|install).*/g)) {
        expect(install, name).toContain("--ignore-scripts");
      }
      const node = job.steps?.find(({ uses }) => uses?.startsWith("actions/setup-node@"));
      expect(node?.with, name).not.toHaveProperty("cache");
    }
  });

  it("check themselves, dependencies and the image before anything is deployed", () => {
    const ci = workflow("ci.yml");
    const commands = Object.values(ci.jobs).flatMap((job) => job.steps?.map(({ run = "" }) => run));
    for (const check of [
      /^npm test$/,
      /actionlint@v\d/,
      /zizmor==\d/,
      /^npm audit /,
      /grype@v\d/,
      /^npm sbom /,
    ]) {
      expect(commands).toContainEqual(expect.stringMatching(check));
    }
    expect(ci.jobs.image?.strategy?.matrix).toEqual({ of: ["service", "dashboard"] });
    expect(deploy.jobs.test?.uses).toBe("./.github/workflows/ci.yml");
    expect(deploy.jobs.dev?.needs).toBe("test");
  });
});

it("every night, each stack is compared with what runs, with its grants, and a difference opens an issue", () => {
  const callers = Object.values(workflow("nightly.yml").jobs).filter(
    ({ uses }) => uses === "./.github/workflows/drift.yml",
  );
  expect(callers).toHaveLength(2);
  const { compare, report } = workflow("drift.yml").jobs;
  const commands = compare?.steps?.map(({ run }) => run);
  expect(commands).toContain('.github/pin-running-images.sh "$PULUMI_STACK"');
  expect(commands).toContainEqual(expect.stringMatching(/^pulumi preview .*--refresh --expect-no-changes$/));
  expect(commands).toContainEqual(
    expect.stringMatching(/^pulumi stack export .* node infra\/drift\/run\.ts$/),
  );
  expect([report?.needs, report?.permissions]).toEqual(["compare", { issues: "write" }]);
  expect(report?.steps?.[0]?.run).toContain("gh issue create");
});

it("every night, chaos and bench run", () => {
  const { on, jobs } = workflow("nightly.yml");
  expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \* \* \*$/) }]);
  for (const name of ["chaos", "bench"]) {
    expect(jobs[name]?.steps?.map(({ run }) => run)).toContain(`npm run ${name}`);
  }
});

it("every month, a backup is restored, from a machine in the database's network if it is private", () => {
  const { on, jobs } = workflow("restore-drill.yml");
  expect(on.schedule).toEqual([{ cron: expect.stringMatching(/^\d+ \d+ \d+ \* \*$/) }]);
  expect(jobs.drill?.["runs-on"]).toContain("{ vars.DRILL_RUNNER || 'ubuntu-24.04' }");
  // The account trusts the pool of its own project: of prod's provider, the environment knows, and not the repository.
  expect(jobs.drill?.environment).toContain("{ vars.DRILL_ENVIRONMENT }");
  const last = jobs.drill?.steps?.at(-1);
  expect(last?.run).toMatch(
    /exec node scripts\/clan\.ts restore-drill --project "\$PROJECT" \$\{PRIVATE:\+--private-ip\}/,
  );
  expect(last?.env?.PRIVATE).toContain("{ vars.DRILL_RUNNER }");
});

it("every job that sets Node up takes the version of .nvmrc", () => {
  const setups = steps.filter(({ step }) => step.uses?.startsWith("actions/setup-node@"));
  for (const { name, step } of setups) expect(step.with?.["node-version-file"], name).toBe(".nvmrc");
});

it("npm's cache is saved by jobs that fill it alone: all share its key, and the first one to end saves it for good", () => {
  const cached = jobs.filter(({ job }) => job.steps?.some((step) => step.with?.cache === "npm"));
  expect(cached.length).toBeGreaterThan(2);
  for (const { name, job } of cached)
    expect(
      job.steps?.map(({ run }) => run),
      name,
    ).toContain("npm ci");
});

describe("pin-running-images.sh", () => {
  const digest = `europe-west1-docker.pkg.dev/game-dev/clan-platform/clan-service@sha256:${"a".repeat(64)}`;
  const dashboard = digest.replace("clan-service", "clan-dashboard");

  /** Runs it for a stack with this output of a dashboard and these URNs; returns what it set. */
  async function pinned(output: string, urns = ""): Promise<string[]> {
    const folder = await mkdtemp(join(tmpdir(), "pin-images-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const calls = join(folder, "calls");
    const fake = `#!/usr/bin/env bash
case "$*" in
  "config set"*) echo "$*" >> '${calls}' ;;
  *" imageDigest") echo '${digest}' ;;
  *" dashboardImageDigest") ${output} ;;
  *--show-urns) echo '${urns}' ;;
esac`;
    await writeFile(join(folder, "pulumi"), fake, { mode: 0o755 });
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    await promisify(execFile)(join(github, "pin-running-images.sh"), ["prod"], { env });
    return (await readFile(calls, "utf8")).trim().split("\n");
  }

  it("sets the images of the service and of the dashboard", async () => {
    const service = `config set --stack prod clan-platform:imageDigest ${digest}`;
    // The component is there with any image.
    const component = "urn:pulumi:prod::clan-platform::clan-platform:index:Image::dashboard-image";
    expect(await pinned(`echo '${dashboard}'`, component)).toEqual([
      service,
      `config set --stack prod clan-platform:dashboardImageDigest ${dashboard}`,
    ]);
    const built = component.replace("index:Image::", "index:Image$docker:index/image:Image::");
    expect(await pinned(`echo '${dashboard}'`, `${component}\n${built}`)).toEqual([service]);
    for (const none of ["echo null", "exit 255"]) expect(await pinned(none)).toEqual([service]);
  });
});

describe("a deployment", () => {
  it("is never cancelled, and shares its group with no preview", () => {
    const { preview, dev, prod } = deploy.jobs;
    const groups = [preview, dev, prod].map((job) => job?.concurrency?.group);
    expect(new Set(groups).size).toBe(3);
    expect([dev, prod].map((job) => job?.concurrency?.["cancel-in-progress"])).toEqual([false, false]);
    expect(deploy.concurrency).toBeUndefined();
  });

  it("attests provenance and SBOM of each image that it deployed", () => {
    const { strategy, steps = [] } = deploy.jobs.attest ?? {};
    expect(strategy?.matrix.of).toContain(
      `needs.dev.outputs.dashboard && '["service", "dashboard"]' || '["service"]'`,
    );
    const subject = steps.find(({ run }) => run?.includes("npm sbom"));
    expect(subject?.run).toContain('npm sbom --workspace="$OF"');
    expect(subject?.env?.IMAGE).toContain(
      "matrix.of == 'dashboard' && needs.dev.outputs.dashboard || needs.dev.outputs.image",
    );
    expect(steps.filter(({ uses }) => uses?.startsWith("actions/attest@"))).toHaveLength(2);
  });

  it("to prod waits for its reviewers, and takes the image that dev deployed", () => {
    const { prod } = deploy.jobs;
    expect([prod?.environment, prod?.needs]).toEqual(["prod", "dev"]);
    expect(prod?.steps?.at(-1)).toEqual({
      run: '.github/pulumi-up.sh "$PULUMI_STACK" "$IMAGE" "$DASHBOARD"',
      env: expect.objectContaining({
        IMAGE: expect.stringContaining("{ needs.dev.outputs.image }"),
        DASHBOARD: expect.stringContaining("{ needs.dev.outputs.dashboard }"),
      }),
    });
  });
});

describe("pulumi-up.sh", () => {
  const digest = `europe-west1-docker.pkg.dev/game-dev/clan-platform/clan-service@sha256:${"a".repeat(64)}`;

  /** Runs it with a `pulumi` whose `up` runs this; returns what pulumi was called with, and the job's outputs. */
  async function up(body: string, ...args: string[]) {
    const folder = await mkdtemp(join(tmpdir(), "pulumi-up-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const calls = join(folder, "calls");
    const outputs = join(folder, "outputs");
    await Promise.all([writeFile(calls, ""), writeFile(outputs, "")]);
    const fake = `#!/usr/bin/env bash
echo "$*" >> '${calls}'
[ "$1" != stack ] || [ "$5" != imageDigest ] || echo '${digest}'
[ "$1" != stack ] || [ "$5" != dashboardImageDigest ] || [ -z "\${DASHBOARD:-}" ] || echo "$DASHBOARD"
[ "$1" != up ] || { n=$(grep -c '^up' '${calls}'); ${body}; }`;
    await writeFile(join(folder, "pulumi"), fake, { mode: 0o755 });
    const env = {
      ...process.env,
      PATH: `${folder}:${process.env.PATH}`,
      GITHUB_OUTPUT: outputs,
      LOCK_WAIT: "0",
      LOCK_ATTEMPTS: "3",
    };
    const run = promisify(execFile)(join(github, "pulumi-up.sh"), args, { env });
    const failed = await run.then(
      () => undefined,
      ({ stderr }) => String(stderr),
    );
    const read = async (path: string) => (await readFile(path, "utf8")).trim().split("\n");
    return { failed, calls: await read(calls), outputs: await read(outputs) };
  }
  const locked = "echo 'error: the stack is currently locked by 1 lock(s).' >&2; exit 255";
  const updates = ({ calls }: { calls: string[] }) => calls.filter((call) => call.startsWith("up")).length;

  it("waits for the lock of the state, and passes the digest on", async () => {
    const result = await up(`[ $n -gt 2 ] || { ${locked}; }`, "dev");
    expect([result.failed, updates(result), result.outputs]).toEqual([undefined, 3, [`image=${digest}`]]);
  });

  it("gives up on a lock that stays", async () => {
    const result = await up(locked, "dev");
    expect([result.failed, updates(result)]).toEqual(["The stack dev stayed locked.\n", 3]);
  });

  it("fails at once if the update fails for another reason", async () => {
    const result = await up("exit 255", "dev");
    expect([result.failed, updates(result), result.outputs]).toEqual(["", 1, [""]]);
  });

  it("sets the image of the stack before, and refuses one without a digest", async () => {
    const { calls } = await up("true", "prod", digest);
    expect(calls[0]).toBe(`config set --stack prod clan-platform:imageDigest ${digest}`);
    const refused = await up("true", "prod", "");
    expect([refused.failed, refused.calls]).toEqual([expect.stringContaining("no image by digest"), [""]]);
  });

  it("promotes the dashboard's image too, if there is one", async () => {
    const dashboard = digest.replace("clan-service", "clan-dashboard");
    vi.stubEnv("DASHBOARD", dashboard);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await up("true", "dev")).outputs).toEqual([`image=${digest}`, `dashboard=${dashboard}`]);
    const { calls } = await up("true", "prod", digest, dashboard);
    expect(calls[1]).toBe(`config set --stack prod clan-platform:dashboardImageDigest ${dashboard}`);
    const none = await up("true", "prod", digest, "");
    expect([none.failed, none.calls[1]?.split(" ")[0]]).toEqual([undefined, "up"]);
    const refused = await up("true", "prod", digest, "clan-dashboard:latest");
    expect(refused.failed).toContain("no image by digest");
  });
});
