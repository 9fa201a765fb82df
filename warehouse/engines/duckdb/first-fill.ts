import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { isAlive } from "../../process-alive.ts";

// While a process fills the file for the first time, nobody else can read it: how far it has come is in a note beside it.
const noteOf = (file: string) => `${file}.first-fill.json`;

const FirstFill = z.object({ pid: z.int(), share: z.number().min(0).max(1) });

/** Notes that this process fills a warehouse file for the first time, and which share of it is done, from 0 to 1. */
export function noteFirstFill(file: string, share: number): void {
  const note = noteOf(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${note}.new`, JSON.stringify({ pid: process.pid, share }));
  // So that no reader finds half of it.
  renameSync(`${note}.new`, note);
}

export const forgetFirstFill = (file: string): void => rmSync(noteOf(file), { force: true });

/** The share of a warehouse file's first fill that is done; undefined while no process fills it for the first time. */
export function shareOfFirstFill(file: string): number | undefined {
  try {
    const { pid, share } = FirstFill.parse(JSON.parse(readFileSync(noteOf(file), "utf8")));
    // A process that was killed leaves its note.
    return isAlive(pid) ? share : undefined;
  } catch {
    return undefined;
  }
}
