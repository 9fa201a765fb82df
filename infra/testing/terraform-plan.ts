import type { Recording } from "../recording/record.ts";
import { customResources } from "./recorded.ts";

/** Terraform's names of the types that the program uses; undefined for those of other providers, which are left out. */
const types: Record<string, string | undefined> = {
  "docker:index/image:Image": undefined,
  "gcp:artifactregistry/repository:Repository": "google_artifact_registry_repository",
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember":
    "google_artifact_registry_repository_iam_member",
  "gcp:bigquery/connection:Connection": "google_bigquery_connection",
  "gcp:bigquery/connectionIamMember:ConnectionIamMember": "google_bigquery_connection_iam_member",
  "gcp:bigquery/dataTransferConfig:DataTransferConfig": "google_bigquery_data_transfer_config",
  "gcp:bigquery/dataset:Dataset": "google_bigquery_dataset",
  "gcp:bigquery/datasetIamMember:DatasetIamMember": "google_bigquery_dataset_iam_member",
  "gcp:bigquery/table:Table": "google_bigquery_table",
  "gcp:billing/budget:Budget": "google_billing_budget",
  "gcp:cloudrunv2/job:Job": "google_cloud_run_v2_job",
  "gcp:cloudrunv2/jobIamMember:JobIamMember": "google_cloud_run_v2_job_iam_member",
  "gcp:cloudscheduler/job:Job": "google_cloud_scheduler_job",
  "gcp:cloudrunv2/service:Service": "google_cloud_run_v2_service",
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": "google_cloud_run_v2_service_iam_member",
  "gcp:compute/globalAddress:GlobalAddress": "google_compute_global_address",
  "gcp:compute/network:Network": "google_compute_network",
  "gcp:compute/subnetwork:Subnetwork": "google_compute_subnetwork",
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": "google_iam_workload_identity_pool",
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider":
    "google_iam_workload_identity_pool_provider",
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember":
    "google_iap_web_cloud_run_service_iam_member",
  "gcp:logging/metric:Metric": "google_logging_metric",
  "gcp:logging/projectExclusion:ProjectExclusion": "google_logging_project_exclusion",
  "gcp:monitoring/alertPolicy:AlertPolicy": "google_monitoring_alert_policy",
  "gcp:monitoring/customService:CustomService": "google_monitoring_custom_service",
  "gcp:monitoring/dashboard:Dashboard": "google_monitoring_dashboard",
  "gcp:monitoring/notificationChannel:NotificationChannel": "google_monitoring_notification_channel",
  "gcp:monitoring/slo:Slo": "google_monitoring_slo",
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": "google_monitoring_uptime_check_config",
  "gcp:projects/iAMCustomRole:IAMCustomRole": "google_project_iam_custom_role",
  "gcp:projects/iAMMember:IAMMember": "google_project_iam_member",
  "gcp:projects/service:Service": "google_project_service",
  "gcp:projects/serviceIdentity:ServiceIdentity": "google_project_service_identity",
  "gcp:serviceaccount/account:Account": "google_service_account",
  "gcp:serviceaccount/iAMMember:IAMMember": "google_service_account_iam_member",
  "gcp:servicenetworking/connection:Connection": "google_service_networking_connection",
  "gcp:sql/database:Database": "google_sql_database",
  "gcp:sql/databaseInstance:DatabaseInstance": "google_sql_database_instance",
  "gcp:sql/user:User": "google_sql_user",
  "random:index/randomId:RandomId": undefined,
  "random:index/randomPassword:RandomPassword": undefined,
};

/** Arguments whose name is not Pulumi's in snake case: Pulumi names lists in the plural. */
const names: Record<string, string> = {
  clusterings: "clustering",
  commands: "command",
  envs: "env",
  traffics: "traffic",
};

/** Arguments that are maps with arbitrary keys; all other objects are blocks. */
const maps = new Set(["attributeMapping", "labels", "limits", "params", "userLabels"]);

/** A recorded stack in the format of `terraform show -json`, as far as scanners read it. */
export function terraformPlan(recording: Recording) {
  const resources = customResources(recording).flatMap(({ type: token, name: ownName, inputs }) => {
    if (!(token in types))
      throw new Error(`Add Terraform's name of ${token} to infra/testing/terraform-plan.ts`);
    const type = types[token];
    if (!type) return [];
    const name = ownName.replaceAll(/[^\w-]/g, "_");
    return { address: `${type}.${name}`, mode: "managed", type, name, values: block(inputs) };
  });
  return {
    format_version: "1.2",
    terraform_version: "1.9.0",
    planned_values: { root_module: { resources } },
  };
}

function block(inputs: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(inputs).map(([key, value]) => {
      const name = names[key] ?? key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
      return [name, maps.has(key) ? value : argument(value)];
    }),
  );
}

/** A block is a list of one object. */
function argument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => (isObject(item) ? block(item) : item));
  return isObject(value) ? [block(value)] : value;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
