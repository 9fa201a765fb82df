import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { inject } from "vitest";
import { copyCluster } from "./copy-cluster.ts";
import { temporaryFolder } from "./run.ts";

/**
 * Gives a folder the data of a PostgreSQL that was never started, for `startCluster`. A copy of what initdb made once for the
 * test run; initdb itself takes many times as long.
 */
export async function createCluster(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await copyCluster(inject("newCluster"), join(folder, "data"));
}

/** A data folder for `npm start` that already has a PostgreSQL, in which there is nothing yet; removed after the test. */
export async function folderWithCluster(): Promise<string> {
  const folder = await temporaryFolder();
  await createCluster(join(folder, "postgres"));
  return folder;
}
