import { rm } from "node:fs/promises";
import { join } from "node:path";
import { migrate } from "@clan-platform/service/database/migrations.ts";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { loadBinaries } from "../local/postgres/binaries.ts";
import { startCluster } from "../local/postgres/cluster.ts";
import { clusterUrl } from "../local/postgres/connection.ts";
import { prepareData } from "../local/postgres/data-folder.ts";
import { copyCluster } from "./copy-cluster.ts";
import { makeFolderInMemory } from "./folder-in-memory.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Superuser URL of a PostgreSQL with the migrated database `template_clan` and the login `clan_service`. */
    postgresUrl: string;
    /** Data of a PostgreSQL as initdb makes it, to be copied. */
    newCluster: string;
  }
}

/** One PostgreSQL for the whole test run; each test file clones its own database from the migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeFolderInMemory("clan-tests-");
  const newCluster = join(folder, "new-cluster");
  // The port is chosen when it starts.
  prepareData(folder, (await loadBinaries()).initdb, 0);
  await copyCluster(join(folder, "data"), newCluster);
  const cluster = await startCluster({
    folder,
    port: undefined,
    settings: [
      "fsync=off",
      "synchronous_commit=off",
      "full_page_writes=off",
      "max_connections=200",
      "max_wal_size=128MB",
    ],
  });
  const admin = new pg.Client({ connectionString: clusterUrl(cluster, "postgres") });
  await admin.connect();
  await admin.query("create role clan_service login password 'test'");
  await admin.query("create database template_clan");
  await admin.end();
  await migrate(clusterUrl(cluster, "template_clan"), { appLogins: ["clan_service"] });
  project.provide("postgresUrl", clusterUrl(cluster, "postgres"));
  project.provide("newCluster", newCluster);
  return async () => {
    await cluster.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
