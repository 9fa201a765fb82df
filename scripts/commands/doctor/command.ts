import { defineCommand } from "../command-line/define-command.ts";
import { stackOption } from "../command-line/stack-option.ts";
import type { DoctorOptions } from "./run.ts";

export const command = defineCommand({
  name: "doctor",
  summary: "Checks what pulumi up needs, and prints the command that fixes each problem.",
  orFails: "there are problems",
  example: "--stack prod",
})
  .addOption(stackOption().default("dev"))
  .action(async (options: DoctorOptions) => (await import("./run.ts")).run(options));
