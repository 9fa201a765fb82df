import { Option } from "commander";
import { defineCommand } from "../command-line/define-command.ts";
import type { RestoreDrillOptions } from "./run.ts";

export const command = defineCommand({
  name: "restore-drill",
  summary:
    "Restores the newest backup of a Cloud SQL instance to a new one, migrates it, compares it with the source, and deletes it.",
  orFails: "the clone lacks rows",
  example: "--project my-project --instance clan-1a2b3c",
  cleansUp: true,
})
  .addOption(new Option("--project <id>", "the Google Cloud project").env("GOOGLE_CLOUD_PROJECT"))
  .addOption(
    new Option("--instance <name>", "the source").default(undefined, "the only one named clan-XXXXXX"),
  )
  .addOption(new Option("--private-ip", "connect through the instances' network, from a machine in it"))
  .action(async (options: RestoreDrillOptions) => (await import("./run.ts")).run(options));
