import { once } from "node:events";
import { mkdirSync, watch } from "node:fs";
import { join } from "node:path";
import { startScript } from "../rig/script.ts";

/** Starts a command that works in the warehouse of a data folder, and watches what it writes there. */
export function startWatched(name: string, args: string[], dataFolder: string, environment = {}) {
  const place = join(dataFolder, "warehouse");
  mkdirSync(place, { recursive: true });
  const watcher = watch(place);
  const script = startScript(name, args, { DATA_DIR: dataFolder, ...environment });
  const ended = script.ended.finally(() => watcher.close());
  return { ...script, ended, watcher, hasBegun: Promise.race([once(watcher, "change"), ended]) };
}
