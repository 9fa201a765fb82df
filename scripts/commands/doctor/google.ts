import { bad, type Finding, good } from "./findings.ts";
import { runTool, type ToolResult } from "./run-tool.ts";

const install = "https://cloud.google.com/sdk/docs/install";

export async function checkCredentials(): Promise<Finding> {
  const about = "Credentials";
  const result = await runTool("gcloud", ["auth", "application-default", "print-access-token"]);
  if (result.ok) return good(about, "gcloud's application default credentials work");
  if (result.missing) return bad(about, "gcloud is not installed", install);
  return bad(about, "gcloud has no application default credentials", "gcloud auth application-default login");
}

export async function checkProject(project: string | undefined, stack: string): Promise<Finding> {
  const about = "Project";
  if (!project) {
    return bad(about, "gcp:project is not set", `pulumi config set gcp:project PROJECT --stack ${stack}`);
  }
  const result = await runTool("gcloud", ["projects", "describe", project, "--format=value(lifecycleState)"]);
  if (result.ok && result.text === "ACTIVE") return good(about, `${project} is active`);
  return bad(
    about,
    `${project} ${result.ok ? `is ${result.text}` : `is not accessible: ${reasonOf(result)}`}`,
    "gcloud auth login             with an account that has access",
    `gcloud projects create ${project}`,
  );
}

export async function checkBilling(project: string | undefined): Promise<Finding> {
  const about = "Billing";
  if (!project) return bad(about, "unknown until a project is set");
  const args = ["billing", "projects", "describe", project, "--format=value(billingEnabled)"];
  const result = await runTool("gcloud", args);
  if (result.ok && result.text === "True") return good(about, "enabled");
  return bad(
    about,
    result.ok ? "not enabled for the project" : reasonOf(result),
    "gcloud billing accounts list",
    `gcloud billing projects link ${project} --billing-account=ACCOUNT`,
  );
}

// The first up enables all other APIs, which a service account can do only through these two of its own project.
const bootstrapApis = ["cloudresourcemanager.googleapis.com", "serviceusage.googleapis.com"];

export async function checkApis(project: string | undefined): Promise<Finding> {
  const about = "APIs";
  if (!project) return bad(about, "unknown until a project is set");
  const args = ["services", "list", "--enabled", `--project=${project}`, "--format=value(config.name)"];
  const result = await runTool("gcloud", args);
  const enabled = result.ok ? result.text.split(/\s+/) : [];
  const missing = bootstrapApis.filter((api) => !enabled.includes(api));
  if (missing.length === 0) return good(about, "those that enable all others are enabled");
  return bad(
    about,
    result.ok ? `not enabled: ${missing.join(", ")}` : reasonOf(result),
    `gcloud services enable ${missing.join(" ")} --project=${project}`,
  );
}

const reasonOf = (result: ToolResult & { ok: false }) =>
  result.missing ? "gcloud is not installed" : result.reason;
