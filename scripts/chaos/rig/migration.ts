import { spawn } from "node:child_process";
import { once } from "node:events";
import { promised } from "../experiment.ts";
import type { Version } from "./next-version.ts";

/** A migration as a process of its own, as in the job that runs it. */
export interface Migration {
  kill(): void;
  /** Its end; the exit code is null when it was killed. */
  ended: Promise<{ code: number | null; output: string }>;
}

/** Starts the migration of a version. */
export function startMigration({ migrate }: Version, databaseUrl: string): Migration {
  const child = spawn(process.execPath, [migrate], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  // A run that is broken off leaves nothing behind.
  const kill = () => void child.kill("SIGKILL");
  process.on("exit", kill);
  const ended = once(child, "close").then(([code]) => {
    process.off("exit", kill);
    return { code, output };
  });
  return { kill, ended };
}

/** Migrates, and returns what it said. @throws {Broken} when it fails */
export async function migrateTo(version: Version, databaseUrl: string): Promise<string> {
  const { code, output } = await startMigration(version, databaseUrl).ended;
  promised(code === 0, `the migration ended with exit code ${code}: ${output}`);
  return output;
}
