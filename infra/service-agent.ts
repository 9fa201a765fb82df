import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

// https://cloud.google.com/iam/docs/service-agents
const domains = {
  bigqueryconnection: "gcp-sa-bigqueryconnection",
  bigquerydatatransfer: "gcp-sa-bigquerydatatransfer",
  iap: "gcp-sa-iap",
  monitoring: "gcp-sa-monitoring-notification",
  run: "serverless-robot-prod",
};

/** The service agent that one of Google's APIs acts as in the project, as a member for grants; created if it is missing. */
export function serviceAgent(
  api: keyof typeof domains,
  project: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { email } = new gcp.projects.ServiceIdentity(
    `agent-${api}`,
    { project, service: `${api}.googleapis.com` },
    opts,
  );
  // Google's response may omit it.
  return email.apply((email) =>
    email ? pulumi.output(`serviceAccount:${email}`) : byProjectNumber(project, domains[api]),
  );
}

function byProjectNumber(projectId: string, domain: string): pulumi.Output<string> {
  const { number } = gcp.organizations.getProjectOutput({ projectId });
  return pulumi.interpolate`serviceAccount:service-${number}@${domain}.iam.gserviceaccount.com`;
}
