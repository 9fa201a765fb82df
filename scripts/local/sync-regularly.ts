import type { ChildProcess } from "node:child_process";
import { forkScript } from "./fork-script.ts";

export interface Schedule {
  /** Postgres URL of the login that owns the database. */
  databaseUrl: string;
  /** From the end of a sync to the start of the next. */
  minutes: number;
  /** The process of the dashboard, for which a sync waits silently. */
  dashboardPid: number | undefined;
  /** What a sync changed, or why it failed, in one line. */
  onOutcome(line: string): void;
}

/** Syncs now and then regularly, each time in a separate process; a failure is reported, and the next run tries again. */
export function syncRegularly({ databaseUrl, minutes, dashboardPid, onOutcome }: Schedule): { stop(): void } {
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const sync = () => {
    let outcome: unknown = "failed: its process ended";
    child = forkScript("local/sync-process.ts", [String(dashboardPid)], { DATABASE_URL: databaseUrl });
    child.on("message", (message) => {
      outcome = message;
    });
    child.on("error", (error) => {
      outcome = `failed: ${error.message}`;
    });
    child.on("close", () => {
      if (isStopped) return;
      if (typeof outcome === "string") onOutcome(outcome);
      timer = setTimeout(sync, minutes * 60_000);
    });
  };
  sync();
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
      child?.kill();
    },
  };
}
