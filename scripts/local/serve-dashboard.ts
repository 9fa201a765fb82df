import { once } from "node:events";
import { CliError } from "../commands/terminal/cli-error.ts";
import { dashboardHeap } from "./dashboard-heap.ts";
import { forkScript } from "./fork-script.ts";

export interface DashboardProcess {
  /** Where it listens; rejects with a `CliError` when it can't. */
  address: Promise<string>;
  pid: number | undefined;
  /** Fulfilled when it has ended, whatever ended it. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
}

/** Serves the dashboard of the local warehouse from a separate process, so that this one keeps responding. */
export function startDashboard(): DashboardProcess {
  const child = forkScript("clan.ts", ["dashboard"], {}, dashboardHeap);
  const ended = once(child, "exit");
  const address = Promise.race([once(child, "message"), ended.then(() => [])]).then(([port]) => {
    if (port === undefined) throw new CliError("The dashboard could not be started, for the reason above.");
    return `http://localhost:${port}`;
  });
  // Awaited later; until then a failure must not count as unhandled.
  address.catch(() => {});
  return {
    address,
    pid: child.pid,
    ended,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
