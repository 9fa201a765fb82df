import type { runtime } from "@pulumi/pulumi";

type Inputs = Record<string, string>;

const projectNumber = "123456789012";
const agentDomains: Record<string, string> = {
  "bigqueryconnection.googleapis.com": "gcp-sa-bigqueryconnection",
  "bigquerydatatransfer.googleapis.com": "gcp-sa-bigquerydatatransfer",
  "iap.googleapis.com": "gcp-sa-iap",
  "monitoring.googleapis.com": "gcp-sa-monitoring-notification",
  "run.googleapis.com": "serverless-robot-prod",
};

/** Outputs that Google would have computed, as far as other resources use them; a type that is missing here is an error. */
const computed: Record<string, (inputs: Inputs, project: string) => Record<string, unknown>> = {
  "docker:index/image:Image": ({ imageName }) => ({
    repoDigest: `${imageName?.replace(/:[\w-]+$/, "")}@sha256:${"0123456789abcdef".repeat(4)}`,
  }),
  "gcp:artifactregistry/repository:Repository": ({ repositoryId }) => ({ name: repositoryId }),
  "gcp:artifactregistry/repositoryIamMember:RepositoryIamMember": () => ({}),
  "gcp:bigquery/connection:Connection": () => ({
    cloudSql: {
      serviceAccountId: `service-${projectNumber}@gcp-sa-bigqueryconnection.iam.gserviceaccount.com`,
    },
  }),
  "gcp:bigquery/connectionIamMember:ConnectionIamMember": () => ({}),
  "gcp:bigquery/dataTransferConfig:DataTransferConfig": ({ displayName }, project) => ({
    name: `projects/${project}/locations/eu/transferConfigs/id-of-${displayName}`,
  }),
  "gcp:bigquery/dataset:Dataset": () => ({}),
  "gcp:bigquery/datasetIamMember:DatasetIamMember": () => ({}),
  "gcp:bigquery/table:Table": () => ({}),
  "gcp:billing/budget:Budget": () => ({}),
  "gcp:cloudrunv2/job:Job": () => ({}),
  "gcp:cloudrunv2/jobIamMember:JobIamMember": () => ({}),
  "gcp:cloudrunv2/service:Service": ({ name }) => ({ uri: `https://${name}-abc123-ew.a.run.app` }),
  "gcp:cloudrunv2/serviceIamMember:ServiceIamMember": () => ({}),
  "gcp:cloudscheduler/job:Job": () => ({}),
  "gcp:compute/globalAddress:GlobalAddress": () => ({}),
  "gcp:compute/network:Network": () => ({}),
  "gcp:compute/subnetwork:Subnetwork": () => ({}),
  "gcp:iap/webCloudRunServiceIamMember:WebCloudRunServiceIamMember": () => ({}),
  "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": ({ workloadIdentityPoolId }) => ({
    name: `projects/${projectNumber}/locations/global/workloadIdentityPools/${workloadIdentityPoolId}`,
  }),
  "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": (inputs) => ({
    name: `projects/${projectNumber}/locations/global/workloadIdentityPools/${inputs.workloadIdentityPoolId}/providers/${inputs.workloadIdentityPoolProviderId}`,
  }),
  "gcp:logging/metric:Metric": () => ({}),
  "gcp:logging/projectExclusion:ProjectExclusion": () => ({}),
  "gcp:monitoring/alertPolicy:AlertPolicy": () => ({}),
  "gcp:monitoring/customService:CustomService": () => ({}),
  "gcp:monitoring/dashboard:Dashboard": () => ({}),
  "gcp:monitoring/notificationChannel:NotificationChannel": () => ({}),
  "gcp:monitoring/slo:Slo": ({ service, sloId }) => ({
    name: `projects/${projectNumber}/services/${service}/serviceLevelObjectives/${sloId}`,
  }),
  "gcp:monitoring/uptimeCheckConfig:UptimeCheckConfig": () => ({ uptimeCheckId: "uptime-check" }),
  "gcp:projects/iAMCustomRole:IAMCustomRole": ({ roleId }, project) => ({
    name: `projects/${project}/roles/${roleId}`,
  }),
  "gcp:projects/iAMMember:IAMMember": () => ({}),
  "gcp:projects/service:Service": () => ({}),
  "gcp:projects/serviceIdentity:ServiceIdentity": ({ service = "" }) => {
    const email = `service-${projectNumber}@${agentDomains[service]}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}` };
  },
  "gcp:serviceaccount/account:Account": ({ accountId }, project) => {
    const email = `${accountId}@${project}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}`, name: `projects/${project}/serviceAccounts/${email}` };
  },
  "gcp:serviceaccount/iAMMember:IAMMember": () => ({}),
  "gcp:servicenetworking/connection:Connection": () => ({}),
  "gcp:sql/database:Database": () => ({}),
  "gcp:sql/databaseInstance:DatabaseInstance": ({ name, region }, project) => ({
    connectionName: `${project}:${region}:${name}`,
    privateIpAddress: "10.20.0.3",
  }),
  "gcp:sql/user:User": () => ({}),
  "random:index/randomId:RandomId": () => ({ hex: "5eed01" }),
  "random:index/randomPassword:RandomPassword": () => ({ result: "a-random-password" }),
};

const certificate = (of: string) => `-----BEGIN CERTIFICATE-----\n${of}\n-----END CERTIFICATE-----`;

const calls: Record<string, (project: string) => Record<string, unknown>> = {
  "gcp:organizations/getClientConfig:getClientConfig": () => ({ accessToken: "a-short-lived-token" }),
  "gcp:sql/getCaCerts:getCaCerts": () => ({
    certs: [{ cert: certificate("now") }, { cert: certificate("next") }],
  }),
  "gcp:organizations/getProject:getProject": (project) => ({ projectId: project, number: projectNumber }),
};

/** Mocks that stand for Google's provider, and throw on an unexpected resource or call. `lastOutputs` are those of the stack's last update. */
export function fakeProvider(project: string, lastOutputs: Record<string, unknown> = {}): runtime.Mocks {
  return {
    newResource({ type, name, inputs, custom }) {
      if (!custom) return { id: "", state: {} };
      if (type === "pulumi:pulumi:StackReference") {
        return { id: inputs.name, state: { ...inputs, outputs: lastOutputs, secretOutputNames: [] } };
      }
      const compute = computed[type];
      if (!compute) throw new Error(`unexpected resource ${name} of type ${type}`);
      return { id: `${name}-id`, state: { ...inputs, ...compute(inputs, project) } };
    },
    call({ token }) {
      const response = calls[token];
      if (!response) throw new Error(`unexpected call of ${token}`);
      return response(project);
    },
  };
}
