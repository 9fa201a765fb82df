import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { CliError } from "../commands/terminal/cli-error.ts";
import { forkScript } from "./fork-script.ts";

export interface Filling {
  /** One line about what is in the warehouse; rejects with a `CliError` when it could not be filled. */
  summary: Promise<string>;
  stop(): void;
}

/** Fills the local warehouse, when it is empty, in a separate process, so that this one keeps responding. */
export function fillWarehouse(rows: number): Filling {
  const child = forkScript("local/fill-warehouse-process.ts", ["--rows", String(rows)]);
  return { summary: summaryOf(child), stop: () => void child.kill() };
}

async function summaryOf(child: ChildProcess): Promise<string> {
  let summary: string | undefined;
  child.on("message", (message) => {
    summary = String(message);
  });
  const [code] = await once(child, "exit");
  if (code === 0 && summary !== undefined) return summary;
  throw new CliError("The local warehouse could not be filled, for the reason above.");
}
