import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";

interface Agent {
  domain: string;
  /** What Google grants it on the project if it creates it by itself. */
  role?: string;
}

// https://docs.cloud.google.com/iam/docs/service-agents. Agents without `role` get their grants where they are used.
const agents = {
  bigqueryconnection: { domain: "gcp-sa-bigqueryconnection" },
  bigquerydatatransfer: {
    domain: "gcp-sa-bigquerydatatransfer",
    role: "roles/bigquerydatatransfer.serviceAgent",
  },
  iap: { domain: "gcp-sa-iap" },
  monitoring: {
    domain: "gcp-sa-monitoring-notification",
    role: "roles/monitoring.notificationServiceAgent",
  },
  run: { domain: "serverless-robot-prod", role: "roles/run.serviceAgent" },
} satisfies Record<string, Agent>;

/**
 * The service agent that one of Google's APIs acts as in the project, as a member for grants. It is created if it is missing, and then
 * has no role, unlike one that Google creates (https://docs.cloud.google.com/iam/docs/create-service-agents): so it is granted its
 * role as well, and what uses the member waits for that.
 */
export function serviceAgent(
  api: keyof typeof agents,
  project: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { domain, role }: Agent = agents[api];
  const { email } = new gcp.projects.ServiceIdentity(
    `agent-${api}`,
    { project, service: `${api}.googleapis.com` },
    opts,
  );
  // Google's response may omit it.
  const member = email.apply((email) =>
    email ? pulumi.output(`serviceAccount:${email}`) : byProjectNumber(project, domain),
  );
  if (role === undefined) return member;
  const granted = new gcp.projects.IAMMember(
    `agent-${api}-role`,
    { project, role, member },
    // `destroy` leaves it granted: other programs in the project may need the agent too.
    { ...opts, retainOnDelete: true },
  );
  // Not its id, which a preview would not know yet: it would show every grant to the agent as replaced.
  return pulumi.all([member, granted.role]).apply(([member]) => member);
}

function byProjectNumber(projectId: string, domain: string): pulumi.Output<string> {
  const { number } = gcp.organizations.getProjectOutput({ projectId });
  return pulumi.interpolate`serviceAccount:service-${number}@${domain}.iam.gserviceaccount.com`;
}
