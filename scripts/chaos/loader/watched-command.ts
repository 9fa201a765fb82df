import { once } from "node:events";
import { mkdirSync, watch } from "node:fs";
import { join } from "node:path";
import { startCommand } from "../harness/command.ts";

/** Starts a command on the warehouse of a data folder, and watches what it writes there. */
export function startWatchedCommand(name: string, args: string[], dataFolder: string, environment = {}) {
  const folder = join(dataFolder, "warehouse");
  mkdirSync(folder, { recursive: true });
  const watcher = watch(folder);
  const command = startCommand(name, args, { DATA_DIR: dataFolder, ...environment });
  const ended = command.ended.finally(() => watcher.close());
  return { ...command, ended, watcher, hasBegun: Promise.race([once(watcher, "change"), ended]) };
}
