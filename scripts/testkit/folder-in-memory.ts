import {
  accessSync,
  chmodSync,
  constants,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from "node:fs";
import { freemem, tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "@clan-platform/warehouse/process-alive.ts";

const GiB = 2 ** 30;
const sharedMemory = "/dev/shm";

/**
 * Makes a temporary folder in memory, where there is plenty of it, and otherwise on disk. On disk, most of the CPU time of a database
 * or of a data folder goes into the file system: ten times as much for a clone of the template.
 */
export function makeFolderInMemory(prefix: string): string {
  removeAbandoned(prefix);
  const folder = hasRoomInMemory() ? mkdtempSync(join(sharedMemory, `${prefix}${process.pid}-`)) : "";
  if (folder && runsPrograms(folder)) return folder;
  if (folder) rmSync(folder, { recursive: true });
  return mkdtempSync(join(tmpdir(), prefix));
}

/** A run that was killed could not remove its own, and nobody else would until the machine restarts. */
function removeAbandoned(prefix: string): void {
  try {
    for (const name of readdirSync(sharedMemory)) {
      const [, pid] = name.startsWith(prefix) ? (/^(\d+)-\w{6}$/.exec(name.slice(prefix.length)) ?? []) : [];
      if (pid && !isAlive(Number(pid))) rmSync(join(sharedMemory, name), { recursive: true });
    }
  } catch {
    // There is no such folder, or it is another user's.
  }
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
