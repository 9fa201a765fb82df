import { type RunningProcess, startNode } from "../../testkit/process.ts";
import { expectThat } from "../experiment.ts";
import type { Version } from "./next-version.ts";

/** Starts the migration of a version in a process of its own, as the Cloud Run job does. */
export function startMigration({ migrate }: Version, databaseUrl: string): RunningProcess {
  return startNode(migrate, [], { environment: { DATABASE_URL: databaseUrl } });
}

/** Migrates, and returns the output. @throws {ExperimentFailed} when it fails */
export async function migrateTo(version: Version, databaseUrl: string): Promise<string> {
  const { code, output } = await startMigration(version, databaseUrl).ended;
  expectThat(code === 0, `the migration ended with exit code ${code}: ${output}`);
  return output;
}
