import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import type { SyntheticFill } from "./unfinished-fill.ts";

const noteOf = (folder: string) => join(folder, "members-to-seed.json");

const Note = z.object({ rows: z.number(), to: z.string() });

/** Notes that the players of a synthetic fill are to join clans, which this start or the next one does. */
export function noteMembers(folder: string, { rows, to }: SyntheticFill): void {
  writeFileSync(noteOf(folder), JSON.stringify({ rows, to }));
}

/** The fill whose players are not in clans yet; undefined for none. */
export function membersToSeed(folder: string): SyntheticFill | undefined {
  if (!existsSync(noteOf(folder))) return undefined;
  try {
    return Note.parse(JSON.parse(readFileSync(noteOf(folder), "utf8")));
  } catch {
    // Killed while it was written, or on a full disk: before anything was generated, so that the next fill notes it again.
    return undefined;
  }
}

export function forgetMembers(folder: string): void {
  rmSync(noteOf(folder), { force: true });
}
