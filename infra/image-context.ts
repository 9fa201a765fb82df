import { createHash, randomUUID } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { dirname, join, matchesGlob } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root. */
export const contextFolder = fileURLToPath(new URL("..", import.meta.url));

/** The workspaces that have a `Dockerfile`. */
export type Built = "service" | "dashboard";

const stagedFolders = join(contextFolder, ".local/image-context");

const staged = { fileMode: 0o644, folderMode: 0o755, time: new Date("2000-01-01T00:00:00Z") };

/** A build context: where it is, and the hash of what is in it. */
export interface StagedContext {
  path: string;
  hash: string;
}

/**
 * Copies the Dockerfile and the files that it needs to a folder below `parent` that is named after their hash, with the same modes and
 * times on every machine. The Docker provider builds again when a mode changes, and would push over an immutable tag; and
 * `COPY` keeps modes, so that a checkout with umask 077 would give an image that its user can't read.
 */
export function stageContext(
  of: Built,
  folder = contextFolder,
  parent = join(stagedFolders, of),
): StagedContext {
  const fresh = join(parent, `new-${randomUUID()}`);
  for (const path of [`${of}/Dockerfile`, ...contextFiles(folder, of)]) {
    mkdirSync(dirname(join(fresh, path)), { recursive: true });
    copyFileSync(join(folder, path), join(fresh, path));
  }
  for (const { path, isFolder } of contentOf(fresh)) {
    chmodSync(path, isFolder ? staged.folderMode : staged.fileMode);
    utimesSync(path, staged.time, staged.time);
  }
  const hash = stagedHash(fresh);
  const path = join(parent, hash);
  if (existsSync(path) && stagedHash(path) !== hash) rmSync(path, { recursive: true });
  try {
    renameSync(fresh, path);
  } catch (error) {
    // It exists, from the last time or from a process that runs at the same time.
    if (!existsSync(path)) throw error;
    rmSync(fresh, { recursive: true });
  }
  const others = readdirSync(parent).filter((name) => /^[0-9a-f]{16}$/.test(name) && name !== hash);
  for (const name of others) rmSync(join(parent, name), { recursive: true, force: true });
  return { path, hash };
}

/** The image's tag: changes exactly when the staged context does. */
export function stagedHash(folder: string): string {
  const hash = createHash("sha256");
  for (const { path, isFolder } of contentOf(folder)) {
    const { mode, mtimeMs } = statSync(path);
    const content = isFolder ? "" : readFileSync(path);
    const place = path.slice(folder.length).replaceAll("\\", "/");
    hash.update(`${place}\0${mode}\0${mtimeMs}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex").slice(0, 16);
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
      (path) =>
        !/(^|[\\/])\./.test(path) &&
        !excluded.some((pattern) => path.startsWith(`${pattern}/`) || matchesGlob(path, pattern)),
    )
    .sort();
}

/** A Dockerfile's own `.dockerignore`, or else the root's, as Docker has it. */
function ignoreFile(folder: string, of: Built): string {
  const own = join(folder, of, "Dockerfile.dockerignore");
  return existsSync(own) ? own : join(folder, ".dockerignore");
}

/** Everything in a folder and the folder itself, children first. */
function contentOf(folder: string): { path: string; isFolder: boolean }[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const children = entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? contentOf(path) : [{ path, isFolder: false }];
  });
  return [...children, { path: folder, isFolder: true }];
}
