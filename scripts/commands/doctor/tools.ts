import { bad, type Finding, good } from "./findings.ts";
import { runTool } from "./run-tool.ts";

// The first version that runs TypeScript without a flag.
const nodeFrom = "22.18";
// The first version with resource hooks.
const pulumiFrom = "3.190";

export async function checkNode(): Promise<Finding> {
  const about = "Node";
  const remedy = "npm exec -c 'pulumi up'   on the Node of the project";
  const result = await runTool("node", ["--version"]);
  if (!result.ok) return bad(about, "not found on the PATH", remedy);
  const version = result.text.replace("v", "");
  return isAtLeast(version, nodeFrom)
    ? good(about, version)
    : bad(about, `${version}, and the program needs ${nodeFrom} or later`, remedy);
}

/** The packages of Pulumi's program, which `npm ci --omit=dev` leaves out. */
export function checkPackages(): Finding {
  const about = "Packages";
  try {
    for (const name of ["@pulumi/pulumi", "@pulumi/gcp"]) import.meta.resolve(name);
    return good(about, "installed");
  } catch {
    return bad(about, "Pulumi's program lacks its packages, which the small install leaves out", "npm ci");
  }
}

export async function checkPulumi(): Promise<Finding> {
  const about = "Pulumi";
  const install = "https://www.pulumi.com/docs/install/";
  const result = await runTool("pulumi", ["version"]);
  if (!result.ok) return bad(about, result.missing ? "not installed" : result.reason, install);
  const version = result.text.replace("v", "");
  return isAtLeast(version, pulumiFrom)
    ? good(about, version)
    : bad(about, `${version}, and ${pulumiFrom} or later is needed`, install);
}

export async function checkPulumiLogin(): Promise<Finding> {
  const about = "Pulumi's state";
  const result = await runTool("pulumi", ["whoami", "--non-interactive"]);
  if (result.ok) return good(about, `logged in as ${result.text}`);
  return bad(
    about,
    result.missing ? "Pulumi is not installed" : "not logged in to a backend",
    "pulumi login                to Pulumi Cloud",
    "pulumi login gs://BUCKET    to a bucket of yours",
  );
}

export async function checkDocker(): Promise<Finding> {
  const about = "Docker";
  // In one word, because the shell on Windows would split it (run-tool.ts).
  const format = "{{.ServerVersion}}{{.DriverStatus}}";
  const result = await runTool("docker", ["info", "--format", format]);
  // Without an engine, the client exits with 0 and an empty version or with an error, depending on its version.
  const [, version, storage = ""] = (result.ok && /^(\d[^\s[]*)(.*)$/s.exec(result.text)) || [];
  if (version)
    return good(about, `engine ${version} is running${storage.includes(containerd) ? caveat : ""}`);
  if (!result.ok && result.missing)
    return bad(about, "not installed", "https://docs.docker.com/engine/install/");
  return bad(
    about,
    "installed, but its engine does not respond",
    "sudo systemctl start docker   on Linux",
    "open -a Docker                on a Mac",
  );
}

// The image store that new installations of Docker 29 and Docker Desktop have.
const containerd = "io.containerd.snapshotter";
const caveat =
  ', with containerd\'s image store: if pulumi up fails with "failed to read downloaded context … status 403" (pulumi/pulumi-docker#967), switch it off (docs/deploy.md)';

function isAtLeast(version: string, wanted: string): boolean {
  return version.localeCompare(wanted, "en", { numeric: true }) >= 0;
}
