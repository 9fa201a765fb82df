import { join } from "node:path";
import { type Experiment, promised } from "../experiment.ts";
import { ask } from "../rig/ask.ts";
import { startPostgres } from "../rig/postgres.ts";
import { startService } from "../rig/service.ts";
import { inFolder, untilReady } from "../rig/under-load.ts";

export const schemaLate: Experiment = {
  name: "schema-late",
  promise:
    "On a PostgreSQL that was never migrated the service lives, says `SCHEMA_OUTDATED`, refuses requests with 503, and serves as soon as the migration has run.",
  trial: "The service is started without PostgreSQL; then comes an empty one; then the migration.",
  protection:
    "Before service/src/database/failures.ts knew `schema mismatch`, `/health/ready` and `/clans` answered 500 `INTERNAL` until the migration.",
  run: () =>
    inFolder(async (folder) => {
      const postgres = await startPostgres(join(folder, "postgres"), [], { isMigrated: false });
      try {
        await postgres.end("SIGINT");
        const service = await startService({ DATABASE_URL: postgres.serviceUrl });
        try {
          const reasons = async () => {
            const answers = await Promise.all(
              ["/health/ready", "/clans"].map((path) => ask(service.url, { path })),
            );
            return answers.map(({ status, text }) => `${status} ${JSON.parse(text).reason}`).join(", ");
          };
          const away = await reasons();
          promised(
            away === "503 DATABASE_UNAVAILABLE, 503 DATABASE_UNAVAILABLE",
            `without PostgreSQL: ${away}`,
          );
          await postgres.start();
          const empty = await reasons();
          promised(empty === "503 SCHEMA_OUTDATED, 503 SCHEMA_OUTDATED", `without a schema: ${empty}`);
          await postgres.migrate();
          const startedAt = performance.now();
          await untilReady(service.url);
          const { status } = await ask(service.url, { path: "/clans" });
          promised(status === 200, `/clans after the migration: ${status}`);
          const { status: live } = await ask(service.url, { path: "/health/live" });
          promised(live === 200 && service.isRunning(), `live: ${live}`);
          return { saw: `ready ${Math.round(performance.now() - startedAt)} ms after the migration` };
        } finally {
          await service.end("SIGKILL");
        }
      } finally {
        await postgres.stop();
      }
    }),
};
