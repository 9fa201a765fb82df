import type { Recorded } from "@clan-platform/infra/recording/record.ts";

/** A role that an identity has on a resource. */
export interface Grant {
  identity: string;
  role: string;
  on: string;
}

/** Every grant of a stack, in IAM and in PostgreSQL. */
export function grantsOf(resources: Recorded[]): Grant[] {
  const permissions = new Map(
    resources
      .filter(({ type }) => type.endsWith(":IAMCustomRole"))
      .map(({ inputs }) => [String(inputs.roleId), (inputs.permissions as string[]).length]),
  );
  const name = (role: unknown) => {
    const custom = /\/roles\/(\w+)$/.exec(String(role))?.[1];
    return custom ? `${custom} (${permissions.get(custom)} permissions)` : String(role).replace("roles/", "");
  };
  return resources.flatMap(({ type, inputs }): Grant[] => {
    if (type.endsWith(":Service") && inputs.invokerIamDisabled) {
      return [{ identity: "anyone", role: "run.invoker", on: `service ${inputs.name}` }];
    }
    if (type.endsWith(":User")) {
      const roles = (inputs.databaseRoles as string[]).join(", ");
      return [{ identity: String(inputs.name), role: `PostgreSQL's ${roles}`, on: "database clan" }];
    }
    const on = target(type, inputs);
    return on ? [{ identity: shortIdentity(String(inputs.member)), role: name(inputs.role), on }] : [];
  });
}

function target(type: string, inputs: Recorded["inputs"]): string | undefined {
  switch (type) {
    case "gcp:projects/iAMMember:IAMMember":
      return "the project";
    case "gcp:cloudrunv2/serviceIamMember:ServiceIamMember":
      return `service ${inputs.name}`;
    case "gcp:cloudrunv2/jobIamMember:JobIamMember":
      return `job ${inputs.name}`;
    case "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember":
      return `IAP of service ${inputs.cloudRunServiceName}`;
    case "gcp:bigquery/datasetIamMember:DatasetIamMember":
      return `dataset ${inputs.datasetId}`;
    case "gcp:bigquery/connectionIamMember:ConnectionIamMember":
      return `connection ${inputs.connectionId}`;
    case "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember":
      return `images of ${inputs.repository}`;
    case "gcp:serviceaccount/iAMMember:IAMMember":
      return `account ${String(inputs.serviceAccountId).replace(/^.*\/|@.*$/g, "")}`;
    default:
      if (/I(am|AM)(Member|Binding|Policy)$/.test(type))
        throw new Error(`grants.ts does not know what ${type} is a grant on`);
      return undefined;
  }
}

/** A service account or one of Google's agents by its name, and GitHub's workflows by repository and branch. */
function shortIdentity(member: string): string {
  const agent = /^serviceAccount:service-\d+@([\w-]+)\./.exec(member)?.[1];
  if (agent) return `Google's ${agent}`;
  const workflow = /workloadIdentityPools\/[^/]+\/attribute\.repository(?:_ref)?\/(.*)$/.exec(member)?.[1];
  if (workflow) return `GitHub ${workflow}`;
  return member.replace(/^serviceAccount:([\w-]+)@.*$/, "$1");
}
