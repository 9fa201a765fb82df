import { bad, type Finding, good } from "./findings.ts";
import { type Answer, runTool } from "./run-tool.ts";

const install = "https://cloud.google.com/sdk/docs/install";

export async function checkCredentials(): Promise<Finding> {
  const about = "Credentials";
  const answer = await runTool("gcloud", ["auth", "application-default", "print-access-token"]);
  if (answer.ok) return good(about, "gcloud's application default credentials work");
  if (answer.missing) return bad(about, "gcloud is not installed", install);
  return bad(about, "gcloud has no application default credentials", "gcloud auth application-default login");
}

export async function checkProject(project: string | undefined, stack: string): Promise<Finding> {
  const about = "Project";
  if (!project) {
    return bad(about, "gcp:project is not set", `pulumi config set gcp:project PROJECT --stack ${stack}`);
  }
  const answer = await runTool("gcloud", ["projects", "describe", project, "--format=value(lifecycleState)"]);
  if (answer.ok && answer.text === "ACTIVE") return good(about, `${project} is there`);
  return bad(
    about,
    `${project} ${answer.ok ? `is ${answer.text}` : `can't be seen: ${reasonOf(answer)}`}`,
    "gcloud auth login             as somebody who may see it",
    `gcloud projects create ${project}`,
  );
}

export async function checkBilling(project: string | undefined): Promise<Finding> {
  const about = "Billing";
  if (!project) return bad(about, "without a project, there is nothing to look at");
  const args = ["billing", "projects", "describe", project, "--format=value(billingEnabled)"];
  const answer = await runTool("gcloud", args);
  if (answer.ok && answer.text === "True") return good(about, "an account pays");
  return bad(
    about,
    answer.ok ? "no account pays for the project" : reasonOf(answer),
    "gcloud billing accounts list",
    `gcloud billing projects link ${project} --billing-account=ACCOUNT`,
  );
}

const reasonOf = (answer: Answer & { ok: false }) =>
  answer.missing ? "gcloud is not installed" : answer.reason;
