import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { CliError } from "../commands/terminal/cli-error.ts";
import { forkScript } from "./fork-script.ts";

/** Each in one line. */
export interface FillOutcome {
  /** What is in the warehouse. */
  summary: string;
  /** How many rows of the files were rejected; undefined for none. */
  rejected?: string;
}

/** What its process sends. */
export type FillMessage = { outcome: FillOutcome } | { hasMembersToSeed: true };

export interface Filling {
  /** Rejects with a `CliError` when the warehouse could not be filled. */
  outcome: Promise<FillOutcome>;
  stop(): void;
}

export interface FillOptions {
  /** Synthetic rows for an empty warehouse. */
  rows: number;
  /** A file or folder to load instead. */
  raw: string | undefined;
  /** Loads files of which more than half is rejected. */
  allowRejects: boolean;
  /** The process of the dashboard, for which it waits silently. */
  dashboardPid: number | undefined;
  /** Is called when players of synthetic rows are to join clans, long before it is filled. */
  onMembersToSeed(): void;
}

/** Fills the local warehouse in a separate process, so that this one keeps responding. */
export function fillWarehouse({
  rows,
  raw,
  allowRejects,
  dashboardPid,
  onMembersToSeed,
}: FillOptions): Filling {
  const args = [
    ...["--rows", String(rows)],
    ...(raw === undefined ? [] : ["--raw", raw]),
    ...(allowRejects ? ["--allow-rejects"] : []),
    ...(dashboardPid ? ["--dashboard-pid", String(dashboardPid)] : []),
  ];
  const child = forkScript("local/fill-warehouse-process.ts", args);
  return { outcome: outcomeOf(child, onMembersToSeed), stop: () => void child.kill() };
}

async function outcomeOf(child: ChildProcess, onMembersToSeed: () => void): Promise<FillOutcome> {
  let outcome: FillOutcome | undefined;
  child.on("message", (message: FillMessage) => {
    if ("outcome" in message) outcome = message.outcome;
    else onMembersToSeed();
  });
  const [code] = await once(child, "exit");
  if (code === 0 && outcome !== undefined) return outcome;
  throw new CliError("The local warehouse could not be filled, for the reason above.");
}
