import type * as pulumi from "@pulumi/pulumi";
import type { Database } from "./database.ts";
import { DatabaseLogin } from "./database-login.ts";
import type { Migration } from "./migration.ts";

export interface ReaderLoginsArgs {
  project: string;
  /** E-mail addresses. */
  databaseReaders: string[];
  database: Database;
  migration: Migration;
}

/** Lets people read the database, each with a login of their own. */
export function readerLogins(
  { databaseReaders, migration, ...args }: ReaderLoginsArgs,
  opts: pulumi.ComponentResourceOptions,
): void {
  for (const email of databaseReaders) {
    const login = {
      member: `user:${email}`,
      databaseRoles: ["clan_viewer"],
      userOptions: migration.succeeded,
      // Somebody who leaves loses access with the next update.
      protect: false,
    };
    new DatabaseLogin(`reader-${email}`, { ...args, ...login }, opts);
  }
}
