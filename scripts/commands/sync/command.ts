import { defineCommand } from "../command-line/define-command.ts";
import { targetOption } from "../command-line/options.ts";
import { UsageError } from "../terminal/cli-error.ts";

export const command = defineCommand({
  name: "sync",
  summary:
    "Brings what the API stored since the last sync into the local warehouse, and recomputes those days.",
  example: "--target local",
})
  .addOption(
    targetOption(
      "the warehouse: DuckDB on this machine; BigQuery has the scheduled query activity_sync instead",
    ),
  )
  .action(async ({ target }: { target: string }) => {
    if (target === "bigquery") {
      throw new UsageError(
        "BigQuery fetches PostgreSQL's changes itself: start the scheduled query activity_sync in the console, or wait for its next run.",
      );
    }
    await (await import("./run.ts")).run();
  });
