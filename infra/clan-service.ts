import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "./database.ts";
import { databaseAccess } from "./database-access.ts";
import { DatabaseLogin } from "./database-login.ts";
import type { Migration } from "./migration.ts";
import type { Network } from "./network.ts";
import { excludeRequestLog } from "./request-log-exclusion.ts";

const serviceName = "clan-service";

export interface ClanServiceArgs {
  project: string;
  region: string;
  database: Database;
  /** The service's image by its digest. */
  image: pulumi.Output<string>;
  /** Has to have migrated the database to the schema of `image`. */
  migration: Migration;
  /** `private`: only `invokers` may call. `public`: anyone may, and writes need an API key. */
  access: "private" | "public";
  /** IAM members. */
  invokers: string[];
  /** SHA-256, in hex. */
  apiKeys: string[];
  playerTokens?: { issuer: string; audience: string | string[]; jwksUrl: string } | undefined;
  /** Origins of browser games. */
  corsOrigins: string[];
  minInstances: pulumi.Input<number>;
  maxInstances: pulumi.Input<number>;
  /** Connections of each instance to the database. */
  poolMax: number;
  protect: boolean;
  network: Network | undefined;
}

/** The clan service on Cloud Run, and the members that may call it. */
export class ClanService extends pulumi.ComponentResource {
  readonly service: gcp.cloudrunv2.Service;
  readonly account: gcp.serviceaccount.Account;

  constructor(name: string, args: ClanServiceArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:ClanService" }];
    super("clan-platform:index:ClanService", name, {}, { aliases, ...opts });
    const { project, region, database, image, migration, protect } = args;
    const { dependsOn = [] } = opts;
    this.account = new gcp.serviceaccount.Account(
      name,
      { accountId: "clan-service", displayName: "Clan service" },
      { parent: this, dependsOn },
    );
    const login = new DatabaseLogin(
      `${name}-login`,
      {
        project,
        database,
        member: this.account.member,
        databaseRoles: ["clan_app"],
        protect,
        userOptions: migration.succeeded,
      },
      { parent: this, dependsOn },
    );
    const unlogged = excludeRequestLog(
      `${name}-requests`,
      { project, service: serviceName },
      { parent: this, dependsOn },
    );
    const { container, template } = databaseAccess(database, login, args.network);
    this.service = new gcp.cloudrunv2.Service(
      name,
      {
        name: serviceName,
        location: region,
        deletionProtection: protect,
        ingress: "INGRESS_TRAFFIC_ALL",
        // Not a grant to allUsers, which organizations with domain-restricted sharing refuse (docs/traps.md, 11).
        invokerIamDisabled: args.access === "public",
        template: {
          serviceAccount: this.account.email,
          executionEnvironment: "EXECUTION_ENVIRONMENT_GEN2",
          // Longer than the service's own limit for a bulk import.
          timeout: "130s",
          maxInstanceRequestConcurrency: 80,
          scaling: { minInstanceCount: args.minInstances, maxInstanceCount: args.maxInstances },
          ...template,
          containers: [
            {
              ...container,
              image,
              ports: { containerPort: 8080 },
              envs: [...container.envs, ...environment(args)],
              resources: { limits: { cpu: "1", memory: "512Mi" }, cpuIdle: true, startupCpuBoost: true },
              // A revision that can't reach its database gets no traffic.
              startupProbe: {
                httpGet: { path: "/health/ready" },
                timeoutSeconds: 2,
                periodSeconds: 2,
                failureThreshold: 60,
              },
              livenessProbe: {
                httpGet: { path: "/health/live" },
                timeoutSeconds: 2,
                periodSeconds: 10,
                failureThreshold: 3,
              },
            },
          ],
        },
        traffics: [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }],
      },
      { parent: this, protect, ...migration.succeeded, dependsOn: [login, migration.job, unlogged] },
    );
    for (const member of args.invokers) {
      new gcp.cloudrunv2.ServiceIamMember(
        `invoker-${member}`,
        { name: this.service.name, location: this.service.location, role: "roles/run.invoker", member },
        { parent: this },
      );
    }
    this.registerOutputs();
  }
}

const environment = ({ project, poolMax, apiKeys, playerTokens, corsOrigins }: ClanServiceArgs) => [
  { name: "GOOGLE_CLOUD_PROJECT", value: project },
  { name: "POOL_MAX", value: String(poolMax) },
  // Google's front end.
  { name: "TRUSTED_PROXIES", value: "1" },
  ...(apiKeys.length > 0 ? [{ name: "API_KEYS", value: apiKeys.join(" ") }] : []),
  ...(playerTokens ? [{ name: "PLAYER_TOKENS", value: playerTokensOf(playerTokens) }] : []),
  ...(corsOrigins.length > 0 ? [{ name: "CORS_ORIGINS", value: corsOrigins.join(",") }] : []),
];

/** As the service reads it. */
const playerTokensOf = ({ issuer, audience, jwksUrl }: NonNullable<ClanServiceArgs["playerTokens"]>) =>
  JSON.stringify({ issuer, audience, jwks_url: jwksUrl });
