import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Config } from "./config.ts";
import { Image } from "./image.ts";
import { serviceAgent } from "./service-agent.ts";
import type { Warehouse } from "./warehouse.ts";

// What one query may be billed for. With ten million rows a day, those of the dashboard read less than a tenth of it.
const maximumBytesBilled = 20e9;

export interface DashboardArgs {
  project: string;
  region: string;
  /** Of the datasets. */
  location: string;
  /** IAM members that may open it. */
  viewers: string[];
  /** The dashboard's image by its digest. */
  image: pulumi.Output<string>;
  warehouse: Warehouse;
}

/** The dashboard on Cloud Run: Google's IAP signs its viewers in, and it reads the analytics dataset as its own account. */
export class Dashboard extends pulumi.ComponentResource {
  readonly service: gcp.cloudrunv2.Service;
  readonly account: gcp.serviceaccount.Account;
  /** Its image by the digest. */
  readonly image: pulumi.Output<string>;

  /** The dashboard and its image, if the stack has viewers. */
  static deploy(
    config: Config,
    { image: beside, warehouse }: { image: Image; warehouse: Warehouse },
    opts: pulumi.ComponentResourceOptions,
  ): Dashboard | undefined {
    const { project, region, location, dashboardViewers: viewers } = config;
    if (viewers.length === 0) return undefined;
    const { digest: image } = new Image(
      "dashboard-image",
      { project, region, of: "dashboard", beside, promoted: config.dashboardImageDigest },
      opts,
    );
    return new Dashboard("dashboard", { project, region, location, viewers, image, warehouse }, opts);
  }

  constructor(name: string, args: DashboardArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("clan-platform:index:Dashboard", name, {}, opts);
    const { project, region, image } = args;
    const { dependsOn = [] } = opts;
    this.image = image;
    this.account = new gcp.serviceaccount.Account(
      name,
      { accountId: "clan-dashboard", displayName: "Dashboard" },
      { parent: this, dependsOn },
    );
    const rights = this.#rights(name, args, { parent: this, dependsOn });
    this.service = new gcp.cloudrunv2.Service(
      name,
      {
        name: "clan-dashboard",
        location: region,
        // It holds nothing, and goes when the setting of its viewers does.
        deletionProtection: false,
        ingress: "INGRESS_TRAFFIC_ALL",
        iapEnabled: true,
        invokerIamDisabled: false,
        template: {
          serviceAccount: this.account.email,
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          timeout: "60s",
          // One instance, so that everyone shares its answers.
          maxInstanceRequestConcurrency: 250,
          scaling: { minInstanceCount: 0, maxInstanceCount: 1 },
          containers: [
            {
              image,
              ports: { containerPort: 8080 },
              envs: [
                { name: "GOOGLE_CLOUD_PROJECT", value: project },
                { name: "BIGQUERY_LOCATION", value: args.location },
                { name: "MAXIMUM_BYTES_BILLED", value: String(maximumBytesBilled) },
              ],
              resources: { limits: { cpu: "1", memory: "512Mi" }, cpuIdle: true, startupCpuBoost: true },
              startupProbe: {
                httpGet: { path: "/health" },
                timeoutSeconds: 2,
                periodSeconds: 2,
                failureThreshold: 60,
              },
              livenessProbe: {
                httpGet: { path: "/health" },
                timeoutSeconds: 2,
                periodSeconds: 10,
                failureThreshold: 3,
              },
            },
          ],
        },
        traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
      },
      // Its queries name the tables' columns, those that are new in its version among them.
      { parent: this, dependsOn: [...rights, ...args.warehouse.tables] },
    );
    this.#callers(name, args, { parent: this, dependsOn });
    this.registerOutputs();
  }

  /** Of raw, it sees when tables were written and how many rows they have, and no row. */
  #rights(name: string, args: DashboardArgs, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
    const { project, warehouse } = args;
    const { member } = this.account;
    const onDataset = (dataset: gcp.bigquery.Dataset, what: string, role: string) =>
      new gcp.bigquery.DatasetIamMember(
        `${name}-${what}`,
        { datasetId: dataset.datasetId, role, member },
        opts,
      );
    return [
      new gcp.projects.IAMMember(
        `${name}-run-jobs`,
        { project, role: "roles/bigquery.jobUser", member },
        opts,
      ),
      onDataset(warehouse.analytics, "read-analytics", "roles/bigquery.dataViewer"),
      onDataset(warehouse.raw, "see-raw", "roles/bigquery.metadataViewer"),
    ];
  }

  /** IAP lets the viewers through, and calls the service as its own agent: without this grant, it would be refused. */
  #callers(name: string, { project, viewers }: DashboardArgs, opts: pulumi.CustomResourceOptions): void {
    const { name: service, location } = this.service;
    new gcp.cloudrunv2.ServiceIamMember(
      `${name}-from-iap`,
      { name: service, location, role: "roles/run.invoker", member: serviceAgent("iap", project, opts) },
      opts,
    );
    for (const member of viewers) {
      new gcp.iap.WebCloudRunServiceIamMember(
        `${name}-viewer-${member}`,
        { project, location, cloudRunServiceName: service, role: "roles/iap.httpsResourceAccessor", member },
        opts,
      );
    }
  }
}
