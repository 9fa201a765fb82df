import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import type { Database } from "./database.ts";

export interface DatabaseLoginArgs {
  project: pulumi.Input<string>;
  database: Database;
  /** `serviceAccount:…` or `user:…` */
  member: pulumi.Input<string>;
  /** PostgreSQL roles that are granted to the login. */
  databaseRoles: string[];
  protect: boolean;
  /** Options of the login alone, not of its grants: it has to wait for the migration that creates its roles. */
  userOptions?: pulumi.CustomResourceOptions;
}

/** Lets an identity log in to the database with its access token: the IAM roles to connect, and a login in PostgreSQL. */
export class DatabaseLogin extends pulumi.ComponentResource {
  readonly user: gcp.sql.User;

  constructor(name: string, args: DatabaseLoginArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const aliases = [{ type: "clan-platform:DatabaseLogin" }];
    super("clan-platform:index:DatabaseLogin", name, {}, { aliases, ...opts });
    const { dependsOn = [] } = opts;
    const member = pulumi.output(args.member);
    // Granted right away, without waiting for the login: a grant takes minutes to take effect everywhere.
    for (const role of ["cloudsql.client", "cloudsql.instanceUser"]) {
      new gcp.projects.IAMMember(
        `${name}-${role}`,
        { project: args.project, role: `roles/${role}`, member },
        { parent: this, dependsOn },
      );
    }
    this.user = new gcp.sql.User(
      name,
      {
        instance: args.database.instance.name,
        // Names in PostgreSQL have at most 63 characters, so Cloud SQL drops this suffix of service accounts
        // (https://cloud.google.com/sql/docs/postgres/add-manage-iam-users#creating-a-database-user).
        name: member.apply((member) => member.replace(/^\w+:/, "").replace(/\.gserviceaccount\.com$/, "")),
        type: member.apply((member) =>
          member.startsWith("user:") ? "CLOUD_IAM_USER" : "CLOUD_IAM_SERVICE_ACCOUNT",
        ),
        databaseRoles: args.databaseRoles,
        // A login that owns objects can't be dropped; it is deleted with the instance.
        deletionPolicy: "ABANDON",
      },
      { parent: this, dependsOn, protect: args.protect, ...args.userOptions },
    );
    this.registerOutputs();
  }
}
