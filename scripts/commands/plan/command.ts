import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { stackOption } from "../command-line/stack-option.ts";
import type { PlanOptions } from "./run.ts";

export const command = defineCommand({
  name: "plan",
  summary:
    "Shows what pulumi up would create, who may do what and what it costs, without an account; updates the diagram in infra/README.md and the table of alerts in docs/operate.md.",
  example: "--stack prod --project my-project",
})
  .addOption(stackOption().default(undefined, "all"))
  .addOption(
    new Option("--project <id>", "a Google Cloud project").default(undefined, "the stack's, or my-project"),
  )
  .action(async (options: PlanOptions) => (await import("./run.ts")).run(options));
