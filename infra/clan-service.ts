import * as gcp from "@pulumi/gcp";
import type { Config } from "./config.ts";
import { databaseAccess } from "./database-access.ts";
import { DatabaseLogin } from "./database-login.ts";
import { afterMigration } from "./migration-check.ts";
import { type Options, Part, type Parts } from "./part.ts";

type Needs = Pick<Parts, "config" | "database" | "image" | "migration" | "network">;

/** The clan service on Cloud Run, and who may call it. */
export class ClanService extends Part {
  readonly service: gcp.cloudrunv2.Service;
  readonly account: gcp.serviceaccount.Account;

  constructor(name: string, parts: Needs, opts: Options) {
    super("ClanService", name, opts);
    const { config, image, migration } = parts;
    const accountArgs = { accountId: "clan-service", displayName: "Clan service" };
    this.account = new gcp.serviceaccount.Account(name, accountArgs, this.child);
    const onlyThen = { dependsOn: migration.job, ...afterMigration(config, image.digest) };
    const identity = { member: this.account.member, databaseRoles: ["clan_app"], userOptions: onlyThen };
    const login = new DatabaseLogin(`${name}-login`, { ...parts, ...identity }, this.child);
    const { container, template } = databaseAccess(parts, login);
    this.service = new gcp.cloudrunv2.Service(
      name,
      {
        name: "clan-service",
        location: config.region,
        deletionProtection: config.protect,
        ingress: "INGRESS_TRAFFIC_ALL",
        // Not a grant to allUsers, which organizations with domain-restricted sharing refuse.
        invokerIamDisabled: config.access === "public",
        template: {
          serviceAccount: this.account.email,
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          // Above the service's own limit for a bulk delivery.
          timeout: "130s",
          maxInstanceRequestConcurrency: 80,
          scaling: { minInstanceCount: config.minInstances, maxInstanceCount: config.maxInstances },
          ...template,
          containers: [
            {
              ...container,
              image: image.digest,
              ports: { containerPort: 8080 },
              envs: [...container.envs, ...environment(config)],
              resources: { limits: { cpu: "1", memory: "512Mi" }, cpuIdle: true, startupCpuBoost: true },
              // A revision that can't reach its database takes no traffic.
              startupProbe: probe("/health/ready", { periodSeconds: 2, failureThreshold: 60 }),
              livenessProbe: probe("/health/live", { periodSeconds: 10, failureThreshold: 3 }),
            },
          ],
        },
        traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
      },
      { parent: this, protect: config.protect, ...onlyThen, dependsOn: [login, migration.job] },
    );
    for (const member of config.invokers) {
      const { name, location } = this.service;
      const args = { name, location, role: "roles/run.invoker", member };
      new gcp.cloudrunv2.ServiceIamMember(`invoker-${member}`, args, { parent: this });
    }
    this.registerOutputs();
  }
}

const probe = (path: string, limits: { periodSeconds: number; failureThreshold: number }) => ({
  httpGet: { path },
  timeoutSeconds: 2,
  ...limits,
});

const environment = ({ project, poolMax, apiKeyHashes }: Config) => [
  { name: "GOOGLE_CLOUD_PROJECT", value: project },
  { name: "POOL_MAX", value: String(poolMax) },
  // Google's front end.
  { name: "TRUSTED_PROXIES", value: "1" },
  ...(apiKeyHashes.length > 0 ? [{ name: "API_KEYS", value: apiKeyHashes.join(",") }] : []),
];
