import type { Command } from "commander";

type LoadCommand = () => Promise<{ command: Command }>;

/** All commands by name, in the order of the help. */
export const commands: Record<string, LoadCommand> = {
  start: () => import("../start/command.ts"),
  dev: () => import("../dev/command.ts"),
  "seed-clans": () => import("../seed-clans/command.ts"),
  "send-activity": () => import("../send-activity/command.ts"),
  "generate-raw": () => import("../generate-raw/command.ts"),
  "load-raw": () => import("../load-raw/command.ts"),
  backfill: () => import("../backfill/command.ts"),
  deduplicate: () => import("../deduplicate/command.ts"),
  sync: () => import("../sync/command.ts"),
  validate: () => import("../validate/command.ts"),
  annotate: () => import("../annotate/command.ts"),
  dashboard: () => import("../dashboard/command.ts"),
  plan: () => import("../plan/command.ts"),
  doctor: () => import("../doctor/command.ts"),
  "restore-drill": () => import("../restore-drill/command.ts"),
  bench: () => import("../bench/command.ts"),
  chaos: () => import("../chaos/command.ts"),
};

/** The definitions of all commands. */
export async function loadAllCommands(): Promise<Command[]> {
  const modules = await Promise.all(Object.values(commands).map((load) => load()));
  return modules.map(({ command }) => command);
}
