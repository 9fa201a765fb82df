import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";

const GiB = 2 ** 30;
const sharedMemory = "/dev/shm";

/**
 * Makes a temporary folder in memory, where there is plenty of it, and otherwise on disk. On disk, most of the CPU time of a database
 * or of a data folder goes into the file system: ten times as much for a clone of the template.
 */
export function makeFolderInMemory(prefix: string): string {
  const folder = hasRoomInMemory() ? mkdtempSync(join(sharedMemory, prefix)) : "";
  if (folder && runsPrograms(folder)) return folder;
  if (folder) rmSync(folder, { recursive: true });
  return mkdtempSync(join(tmpdir(), prefix));
}

/** Linux alone has it; in a container it is small unless somebody asked for more. */
function hasRoomInMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync(sharedMemory);
    return Math.min(bavail * bsize, freemem()) > 4 * GiB;
  } catch {
    return false;
  }
}

/** Tests put programs there, which a `noexec` mount would not run. */
function runsPrograms(folder: string): boolean {
  const program = join(folder, "program");
  writeFileSync(program, "");
  chmodSync(program, 0o700);
  try {
    accessSync(program, constants.X_OK);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(program);
  }
}
