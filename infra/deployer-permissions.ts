const all = (resource: string, ...verbs: string[]) => verbs.map((verb) => `${resource}.${verb}`);
const change = ["create", "delete", "get", "list", "update"];

/**
 * What `pulumi up` needs to change existing resources: images, revisions, settings, queries, tables, alerts. They don't allow
 * granting roles, but what is deployed runs with the rights of the service, the migration and the scheduled queries.
 */
export const deployerPermissions = [
  ...all("artifactregistry.repositories", "get", "list", "update"),
  ...all("bigquery.connections", "get"),
  ...all("bigquery.datasets", "get", "update"),
  ...all("bigquery.tables", "create", "get", "list", "update"),
  // Running a scheduled query needs the permission to update it.
  ...all("bigquery.transfers", "get", "update"),
  "bigquery.jobs.create",
  ...all("cloudscheduler.jobs", "get", "update"),
  ...all("cloudsql.databases", "get", "list"),
  ...all("cloudsql.instances", "get", "list", "listServerCas", "update"),
  ...all("cloudsql.users", "get", "list"),
  ...all("compute.globalOperations", "get"),
  ...all("compute.networks", "get"),
  ...all("compute.subnetworks", "get"),
  ...all("iam.serviceAccounts", "get"),
  ...all("logging.exclusions", ...change),
  ...all("logging.logMetrics", ...change),
  ...all("monitoring.alertPolicies", ...change),
  ...all("monitoring.dashboards", ...change),
  ...all("monitoring.notificationChannels", ...change),
  ...all("monitoring.services", ...change),
  ...all("monitoring.slos", ...change),
  ...all("monitoring.uptimeCheckConfigs", ...change),
  ...all("resourcemanager.projects", "get"),
  ...all("run.executions", "get", "list"),
  ...all("run.jobs", "get", "list", "run", "update"),
  ...all("run.operations", "get"),
  ...all("run.services", "get", "list", "update"),
  ...all("serviceusage.services", "enable", "get", "list", "use"),
];

// For `gcp:userProjectOverride`, which a budget needs: each request then counts against the quota of the project.
const usesQuota = "serviceusage.services.use";

/** What `pulumi preview` requests from Google; everything else is in the state. */
export const previewerPermissions = [
  // The certificates of a private database, which the service trusts.
  "cloudsql.instances.listServerCas",
  "resourcemanager.projects.get",
  usesQuota,
];

/** What comparing a stack with what runs requests: the settings of every resource and who may do what with it, but no data. */
export const driftPermissions = [
  ...deployerPermissions.filter((permission) => /\.(get|list|listServerCas)$/.test(permission)),
  ...["artifactregistry.repositories", "bigquery.connections", "bigquery.datasets"].map(readPolicy),
  ...["iam.serviceAccounts", "resourcemanager.projects", "run.jobs", "run.services"].map(readPolicy),
  ...all("compute.globalAddresses", "get"),
  ...all("iam.roles", "get"),
  ...all("iam.workloadIdentityPoolProviders", "get"),
  ...all("iam.workloadIdentityPools", "get"),
  ...all("servicenetworking.services", "get"),
  // Who may open the dashboard; and the budget, which is of this project alone.
  readPolicy("iap.webServices"),
  "billing.resourcebudgets.read",
  usesQuota,
];

function readPolicy(resource: string): string {
  return `${resource}.getIamPolicy`;
}
