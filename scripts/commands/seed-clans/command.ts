import { defineCommand } from "../command-line/define-command.ts";
import type { SeedClansOptions } from "./run.ts";

export const command = defineCommand({
  name: "seed-clans",
  summary: "Inserts the clans of a file whose names are new; a file can be seeded again.",
  example: "scripts/data/clans.csv --rejects rejects.csv",
  mayRejectRows: true,
})
  .argument("<file>", "values separated by tabs, commas or semicolons, with a header; - for standard input")
  .option("--rejects <file>", "write the rejected lines to this CSV file, with number and reason")
  .action(async (file: string, options: SeedClansOptions) => (await import("./run.ts")).run(file, options));
