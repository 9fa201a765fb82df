import { expect, it } from "vitest";
import { driftPermissions } from "./deployer-permissions.ts";
import { customResources, everyExtra, recordStack } from "./testing/recorded.ts";

/** What the provider requests to read a resource, by the type of it; null where it requests nothing. */
const toRead: Record<string, string | null> = {
  "artifactregistry.Repository": "artifactregistry.repositories.get",
  "artifactregistry.RepositoryIamMember": "artifactregistry.repositories.getIamPolicy",
  "bigquery.Connection": "bigquery.connections.get",
  "bigquery.ConnectionIamMember": "bigquery.connections.getIamPolicy",
  "bigquery.DataTransferConfig": "bigquery.transfers.get",
  "bigquery.Dataset": "bigquery.datasets.get",
  // A dataset lists its grants itself.
  "bigquery.DatasetIamMember": "bigquery.datasets.get",
  "bigquery.Table": "bigquery.tables.get",
  // Of a budget of one project: https://cloud.google.com/billing/docs/how-to/budgets.
  "billing.Budget": "billing.resourcebudgets.read",
  "cloudrunv2.Job": "run.jobs.get",
  "cloudrunv2.JobIamMember": "run.jobs.getIamPolicy",
  "cloudrunv2.Service": "run.services.get",
  "cloudrunv2.ServiceIamMember": "run.services.getIamPolicy",
  "cloudscheduler.Job": "cloudscheduler.jobs.get",
  "compute.GlobalAddress": "compute.globalAddresses.get",
  "compute.Network": "compute.networks.get",
  "compute.Subnetwork": "compute.subnetworks.get",
  "iam.WorkloadIdentityPool": "iam.workloadIdentityPools.get",
  "iam.WorkloadIdentityPoolProvider": "iam.workloadIdentityPoolProviders.get",
  "iap.WebCloudRunServiceIamMember": "iap.webServices.getIamPolicy",
  "logging.Metric": "logging.logMetrics.get",
  "logging.ProjectExclusion": "logging.exclusions.get",
  "monitoring.AlertPolicy": "monitoring.alertPolicies.get",
  "monitoring.CustomService": "monitoring.services.get",
  "monitoring.Dashboard": "monitoring.dashboards.get",
  "monitoring.NotificationChannel": "monitoring.notificationChannels.get",
  "monitoring.Slo": "monitoring.slos.get",
  "monitoring.UptimeCheckConfig": "monitoring.uptimeCheckConfigs.get",
  "projects.IAMCustomRole": "iam.roles.get",
  "projects.IAMMember": "resourcemanager.projects.getIamPolicy",
  "projects.Service": "serviceusage.services.list",
  "projects.ServiceIdentity": null,
  "serviceaccount.Account": "iam.serviceAccounts.get",
  "serviceaccount.IAMMember": "iam.serviceAccounts.getIamPolicy",
  "servicenetworking.Connection": "servicenetworking.services.get",
  "sql.Database": "cloudsql.databases.get",
  "sql.DatabaseInstance": "cloudsql.instances.get",
  "sql.User": "cloudsql.users.list",
};

it("the account that compares a stack with what runs may read every resource of a stack", async () => {
  const dashboardViewers = ["group:analysts@example.com"];
  const stack = await recordStack("prod", { ...everyExtra, dashboardViewers });
  const types = customResources(stack)
    .map(({ type }) => /^gcp:(\w+)\/.*:(\w+)$/.exec(type)?.slice(1).join("."))
    .filter((type) => type !== undefined);
  expect(new Set(types)).toEqual(new Set(Object.keys(toRead)));
  const needed = Object.values(toRead).filter((permission) => permission !== null);
  expect(driftPermissions).toEqual(expect.arrayContaining(needed));
  expect(new Set(driftPermissions).size).toBe(driftPermissions.length);
});
