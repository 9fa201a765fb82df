import { setTimeout as delay } from "node:timers/promises";
import { print } from "../commands/terminal/print.ts";

export interface Shutdown {
  /** Stops now, without ending the process. */
  begin(): Promise<void>;
  /** Whether a signal has arrived, or `begin` was called. */
  hasBegun(): boolean;
}

/**
 * Runs `stop` on Ctrl-C, SIGTERM or a closed terminal, then ends the process: with 0 when everything stopped within 9 s.
 * npm forwards a signal that the terminal sent to us as well, so signals that follow at once count as the same one;
 * a later one ends the process without waiting.
 */
export function shutDownOnSignal(stop: () => Promise<void>): Shutdown {
  let stopping: Promise<void> | undefined;
  let firstSignalAt = 0;

  const begin = () => {
    stopping ??= stop();
    return stopping;
  };
  const onSignal = async () => {
    if (stopping) {
      if (performance.now() - firstSignalAt > 1_000) process.exit(1);
      return;
    }
    firstSignalAt = performance.now();
    print("\n  Stopping …");
    const inTime = await Promise.race([begin().then(() => true), delay(9_000, false)]);
    print(inTime ? "  Stopped." : "  Stopped without waiting for what was still running.");
    process.exit(inTime ? 0 : 1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);
  if (process.env.npm_lifecycle_event) whenOrphaned(onSignal);
  return { begin, hasBegun: () => stopping !== undefined };
}

/**
 * npm signals the shell between it and us, which dies without forwarding the signal. So under npm, the end of our
 * parent counts as a signal too.
 */
function whenOrphaned(onOrphaned: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, 200);
  timer.unref();
}
