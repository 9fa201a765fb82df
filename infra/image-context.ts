import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, statSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, which is the build context of the image. */
export const contextFolder = fileURLToPath(new URL("..", import.meta.url));

/** The workspaces that have a `Dockerfile`. */
export type Built = "service" | "dashboard";

/** A Dockerfile's own `.dockerignore`, or else the root's, as Docker has it. */
function ignoreFile(folder: string, of: Built): string {
  const own = join(folder, of, "Dockerfile.dockerignore");
  return existsSync(own) ? own : join(folder, ".dockerignore");
}

/** The files that `.dockerignore` admits to the build context, without the Dockerfile itself; relative, sorted. */
export function contextFiles(folder = contextFolder, of: Built = "service"): string[] {
  const lines = readFileSync(ignoreFile(folder, of), "utf8").split("\n");
  const patterns = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const admitted = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  const excluded = patterns.filter((pattern) => !pattern.startsWith("!") && pattern !== "*");
  return admitted
    .flatMap((path) =>
      statSync(join(folder, path)).isDirectory() ? globSync(`${path}/**`, { cwd: folder }) : path,
    )
    .filter((path) => statSync(join(folder, path)).isFile())
    .filter(
      (path) => !excluded.some((pattern) => path.startsWith(`${pattern}/`) || matchesGlob(path, pattern)),
    )
    .sort();
}

/** The image's tag: changes exactly when a file that goes into the image changes. */
export function contentHash(folder = contextFolder, of: Built = "service"): string {
  const hash = createHash("sha256");
  for (const path of [`${of}/Dockerfile`, ...contextFiles(folder, of)]) {
    const content = readFileSync(join(folder, path));
    hash.update(`${path.replaceAll("\\", "/")}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
}
