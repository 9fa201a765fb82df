/** What is read of the state of a stack, as `pulumi stack export` prints it. */
export interface Deployment {
  deployment: { resources?: { type: string; id?: string }[] };
}

/** Reads one resource from Google: the method, and the address. */
export type ReadJson = (method: "GET" | "POST", url: string) => Promise<unknown>;

interface Policy {
  bindings?: { role: string; members: string[] }[];
}
interface Dataset {
  access?: {
    role?: string;
    iamMember?: string;
    userByEmail?: string;
    groupByEmail?: string;
    domain?: string;
  }[];
}

// Their ids in the state are their names in Google's APIs.
const policies: Record<string, [method: "GET" | "POST", api: string]> = {
  "gcp:artifactregistry/repository:Repository": ["GET", "https://artifactregistry.googleapis.com/v1"],
  "gcp:bigquery/connection:Connection": ["POST", "https://bigqueryconnection.googleapis.com/v1"],
  "gcp:cloudrunv2/job:Job": ["GET", "https://run.googleapis.com/v2"],
  "gcp:cloudrunv2/service:Service": ["GET", "https://run.googleapis.com/v2"],
  "gcp:serviceaccount/account:Account": ["POST", "https://iam.googleapis.com/v1"],
};
const dataset = "gcp:bigquery/dataset:Dataset";
// BigQuery returns the predefined roles of a dataset by their old names
// (https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets#Access, `role`).
const oldRoles: Record<string, string> = {
  READER: "roles/bigquery.dataViewer",
  WRITER: "roles/bigquery.dataEditor",
  OWNER: "roles/bigquery.dataOwner",
};

/**
 * Grants on the resources of a stack that no resource of the stack declares: `pulumi preview --refresh` does not see them. Each as
 * `RESOURCE/ROLE/MEMBER`, sorted.
 */
export async function undeclaredGrants({ deployment }: Deployment, read: ReadJson): Promise<string[]> {
  const resources = deployment.resources ?? [];
  // The id of a declared grant is RESOURCE/ROLE/MEMBER too; the provider writes some members in lower case.
  const declared = new Set(
    resources.filter(({ type }) => /iammember$/i.test(type)).map(({ id = "" }) => id.toLowerCase()),
  );
  const actual = await Promise.all(
    resources.map(({ type, id }) => (id === undefined ? [] : grantsOn(type, id, read))),
  );
  return actual
    .flat()
    .filter((grant) => !declared.has(grant.toLowerCase()))
    .sort();
}

async function grantsOn(type: string, id: string, read: ReadJson): Promise<string[]> {
  if (type === dataset) return datasetGrants(id, read);
  const policy = policies[type];
  if (!policy) return [];
  const [method, api] = policy;
  const { bindings = [] } = (await read(method, `${api}/${id}:getIamPolicy`)) as Policy;
  return bindings.flatMap(({ role, members }) => members.map((member) => `${id}/${role}/${member}`));
}

/** A dataset lists its grants itself; those to the owners, editors and viewers of the project are BigQuery's own. */
async function datasetGrants(id: string, read: ReadJson): Promise<string[]> {
  const { access = [] } = (await read("GET", `https://bigquery.googleapis.com/bigquery/v2/${id}`)) as Dataset;
  return access.flatMap(({ role = "", iamMember, userByEmail, groupByEmail, domain }) => {
    const user =
      userByEmail &&
      `${/gserviceaccount\.com$/.test(userByEmail) ? "serviceAccount" : "user"}:${userByEmail}`;
    const member =
      iamMember ?? user ?? (groupByEmail && `group:${groupByEmail}`) ?? (domain && `domain:${domain}`);
    return member ? [`${id}/${oldRoles[role] ?? role}/${member}`] : [];
  });
}
