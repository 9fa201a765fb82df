import { rmSync } from "node:fs";
import type { TestProject } from "vitest/node";
import { makeFolderInMemory } from "./folder-in-memory.ts";

/**
 * Gives a project's tests, and the programs that they start, a temporary folder of their own for this run. It is removed with all that
 * libraries and killed programs leave in it.
 */
export default function setup(project: TestProject): () => void {
  const folder = makeFolderInMemory(`clan-${project.name}-tests-`);
  // Windows reads the last two.
  project.config.env = { ...project.config.env, TMPDIR: folder, TEMP: folder, TMP: folder };
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
