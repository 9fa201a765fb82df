import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import { wholeNumberOption } from "../command-line/options.ts";
import { stackOption } from "../command-line/stack-option.ts";
import type { PlanOptions } from "./run.ts";

export const command = defineCommand({
  name: "plan",
  summary:
    "Shows what pulumi up would create, who may do what and what it costs, without an account; updates the diagram in infra/README.md and the tables in docs/operate.md and docs/scale.md.",
  example: "--stack prod --project my-project",
})
  .addOption(stackOption().default(undefined, "all"))
  .addOption(
    new Option("--project <id>", "a Google Cloud project").default(undefined, "the stack's, or my-project"),
  )
  .addOption(
    wholeNumberOption(
      "dau",
      "shows instead what so many daily active users need, cost and break",
      1,
      1_000_000_000,
    ),
  )
  .action(async (options: PlanOptions) => (await import("./run.ts")).run(options));
