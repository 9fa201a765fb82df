import { bad, type Finding, good } from "./findings.ts";
import { runTool } from "./run-tool.ts";

// Runs TypeScript by itself from here on.
const nodeFrom = "22.18";
// Knows resource hooks from here on.
const pulumiFrom = "3.190";

export async function checkNode(): Promise<Finding> {
  const about = "Node";
  const remedy = "npm exec -c 'pulumi up'        runs it on the project's own Node 24";
  const answer = await runTool("node", ["--version"]);
  if (!answer.ok) return bad(about, "there is none on the PATH", remedy);
  const version = answer.text.replace("v", "");
  return isAtLeast(version, nodeFrom)
    ? good(about, version)
    : bad(about, `${version}, and the program needs ${nodeFrom} or later`, remedy);
}

export async function checkPulumi(): Promise<Finding> {
  const about = "Pulumi";
  const install = "https://www.pulumi.com/docs/install/";
  const answer = await runTool("pulumi", ["version"]);
  if (!answer.ok) return bad(about, answer.missing ? "not installed" : answer.reason, install);
  const version = answer.text.replace("v", "");
  return isAtLeast(version, pulumiFrom)
    ? good(about, version)
    : bad(about, `${version}, and ${pulumiFrom} or later is needed`, install);
}

export async function checkPulumiLogin(): Promise<Finding> {
  const about = "Pulumi's state";
  const answer = await runTool("pulumi", ["whoami", "--non-interactive"]);
  if (answer.ok) return good(about, `logged in as ${answer.text}`);
  return bad(
    about,
    answer.missing ? "Pulumi is not installed" : "not logged in to where it is kept",
    "pulumi login                  in Pulumi Cloud",
    "pulumi login gs://BUCKET      in a bucket of yours",
  );
}

export async function checkDocker(): Promise<Finding> {
  const about = "Docker";
  const answer = await runTool("docker", ["info", "--format", "{{.ServerVersion}}"]);
  // The client alone exits with 0 and an empty version, or with an error, depending on its own.
  if (answer.ok && answer.text !== "") return good(about, `engine ${answer.text} runs`);
  if (!answer.ok && answer.missing)
    return bad(about, "not installed", "https://docs.docker.com/engine/install/");
  return bad(
    about,
    "installed, but no engine answers",
    "sudo systemctl start docker   on Linux",
    "open -a Docker                on a Mac",
  );
}

function isAtLeast(version: string, wanted: string): boolean {
  return version.localeCompare(wanted, "en", { numeric: true }) >= 0;
}
