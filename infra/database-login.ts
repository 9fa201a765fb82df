import * as gcp from "@pulumi/gcp";
import * as pulumi from "@pulumi/pulumi";
import { type Options, Part, type Parts } from "./part.ts";

interface Identity {
  /** `serviceAccount:…` or `user:…` */
  member: pulumi.Input<string>;
  /** PostgreSQL's roles that the login is a member of. */
  databaseRoles: string[];
  /** Of the login alone: what makes these roles, where Cloud SQL does not bring them. */
  userOptions?: pulumi.CustomResourceOptions;
}

/** Lets an identity log in to the database with its access token: IAM's rights to connect, and a login in PostgreSQL. */
export class DatabaseLogin extends Part {
  readonly user: gcp.sql.User;

  constructor(name: string, parts: Pick<Parts, "config" | "database"> & Identity, opts: Options) {
    super("DatabaseLogin", name, opts);
    const { project, protect } = parts.config;
    const { databaseRoles, userOptions } = parts;
    const member = pulumi.output(parts.member);
    // At once, and not with the login: a right takes minutes until it counts everywhere.
    for (const role of ["cloudsql.client", "cloudsql.instanceUser"]) {
      new gcp.projects.IAMMember(`${name}-${role}`, { project, role: `roles/${role}`, member }, this.child);
    }
    this.user = new gcp.sql.User(
      name,
      {
        instance: parts.database.instance.name,
        // PostgreSQL's names have 63 characters, so that an account's does without its last part.
        name: member.apply((member) => member.replace(/^\w+:/, "").replace(/\.gserviceaccount\.com$/, "")),
        type: member.apply(
          (member) => `CLOUD_IAM_${member.startsWith("user:") ? "USER" : "SERVICE_ACCOUNT"}`,
        ),
        databaseRoles,
        // A login that owns objects can't be dropped; it goes with the instance.
        deletionPolicy: "ABANDON",
      },
      { ...this.child, protect, ...userOptions },
    );
    this.registerOutputs();
  }
}
