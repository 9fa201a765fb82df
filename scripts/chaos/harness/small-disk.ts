import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Unsupported } from "../experiment.ts";

/** Mounts an in-memory file system on a folder; returns a function that unmounts it. @throws {Unsupported} unless root on Linux */
export function mountDisk(folder: string, mebibytes: number): () => void {
  if (process.platform !== "linux" || process.getuid?.() !== 0) {
    throw new Unsupported("mounting a disk needs root on Linux");
  }
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder], { stdio: "pipe" });
  } catch (error) {
    throw new Unsupported(`no disk can be mounted: ${error instanceof Error ? error.message : error}`);
  }
  return () => execFileSync("umount", ["--lazy", folder], { stdio: "pipe" });
}

/** Fills the file system of a folder to its last byte; returns a function that frees it again. */
export function fillDisk(folder: string): () => void {
  const path = join(folder, "ballast");
  const ballast = openSync(path, "w");
  const page = Buffer.alloc(4_096, 1);
  try {
    for (;;) if (writeSync(ballast, page) < page.length) break;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
  } finally {
    closeSync(ballast);
  }
  return () => rmSync(path);
}
