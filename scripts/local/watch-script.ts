import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

export interface WatchedScript {
  child: ChildProcess;
  stop(): Promise<void>;
}

/** Runs a script under `node --watch`: it restarts when a file that it imports is saved, also after it has failed. */
export function watchScript(path: string, environment: NodeJS.ProcessEnv = {}): WatchedScript {
  const child = fork(path, {
    // Ctrl-C in a terminal would reach the script, and then once more from its watcher.
    detached: true,
    execArgv: [
      "--watch",
      "--watch-preserve-output",
      `--import=${new URL("end-with-platform.ts", import.meta.url).href}`,
    ],
    env: { ...process.env, ...environment, CLAN_PLATFORM_PID: String(process.pid) },
  });
  const exited = once(child, "exit");
  // Where this process ends before it could stop it.
  process.once("exit", () => child.kill());
  return {
    child,
    async stop() {
      child.kill();
      await exited;
    },
  };
}
