import * as gcp from "@pulumi/gcp";
import { databaseAccess } from "./database-access.ts";
import { DatabaseLogin } from "./database-login.ts";
import { type Options, Part, type Parts } from "./part.ts";

// Cloud SQL's administrator, who owns every database that its API makes.
const owner = "cloudsqlsuperuser";

/** Brings the database to the schema of an image: a job that has run to its end when this is there. */
export class Migration extends Part {
  readonly job: gcp.cloudrunv2.Job;
  readonly account: gcp.serviceaccount.Account;

  constructor(name: string, parts: Pick<Parts, "config" | "database" | "image" | "network">, opts: Options) {
    super("Migration", name, opts);
    const { config, image } = parts;
    const displayName = "Clan service: migration of the database";
    const accountArgs = { accountId: "clan-migration", displayName };
    this.account = new gcp.serviceaccount.Account(name, accountArgs, this.child);
    const identity = { member: this.account.member, databaseRoles: [owner] };
    const login = new DatabaseLogin(`${name}-login`, { ...parts, ...identity }, this.child);
    const { container, template } = databaseAccess(parts, login);
    const customTimeouts = { create: "20m", update: "20m" };
    this.job = new gcp.cloudrunv2.Job(
      `${name}-job`,
      {
        name: "clan-migration",
        location: config.region,
        deletionProtection: config.protect,
        // A new image starts a new execution, and the job is there when that has succeeded.
        runExecutionToken: image.digest.apply((digest) => digest.replace(/^.*sha256:/, "").slice(0, 16)),
        template: {
          template: {
            serviceAccount: this.account.email,
            timeout: "600s",
            maxRetries: 2,
            ...template,
            containers: [
              {
                ...container,
                image: image.digest,
                commands: ["node"],
                args: ["src/migrate.ts"],
                envs: [...container.envs, { name: "MIGRATION_ROLE", value: owner }],
                resources: { limits: { cpu: "1", memory: "512Mi" } },
              },
            ],
          },
        },
      },
      { parent: this, protect: config.protect, dependsOn: login, customTimeouts },
    );
    this.registerOutputs();
  }
}
