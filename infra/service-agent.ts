import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";

// https://cloud.google.com/iam/docs/service-agents
const domains = {
  bigqueryconnection: "gcp-sa-bigqueryconnection",
  bigquerydatatransfer: "gcp-sa-bigquerydatatransfer",
  monitoring: "gcp-sa-monitoring-notification",
  run: "serverless-robot-prod",
};

/** Whom one of Google's services acts as in the project, as a member for grants; made here when it is not there yet. */
export function serviceAgent(
  api: keyof typeof domains,
  { project }: Config,
  child: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const args = { project, service: `${api}.googleapis.com` };
  const { email } = new gcp.projects.ServiceIdentity(`agent-${api}`, args, child);
  // Google's answer may leave it out.
  return email.apply((email) =>
    email ? pulumi.output(`serviceAccount:${email}`) : ofProject(project, domains[api]),
  );
}

function ofProject(projectId: string, domain: string): pulumi.Output<string> {
  const { number } = gcp.organizations.getProjectOutput({ projectId });
  return pulumi.interpolate`serviceAccount:service-${number}@${domain}.iam.gserviceaccount.com`;
}
