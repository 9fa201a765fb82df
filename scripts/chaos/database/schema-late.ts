import { join } from "node:path";
import { inTemporaryFolder } from "../../testkit/temporary-folder.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import { startPostgres } from "../harness/postgres.ts";
import { startService } from "../harness/service.ts";
import { untilReady } from "../harness/under-load.ts";

export const schemaLate: Experiment = {
  name: "schema-late",
  guarantee:
    "With a PostgreSQL that was never migrated, the service stays alive, reports `SCHEMA_OUTDATED`, rejects requests with 503, and serves as soon as the migration has run.",
  method:
    "The service is started without PostgreSQL; then an empty PostgreSQL is started; then the migration runs.",
  mutation:
    "Before service/src/database/failures.ts detected an outdated schema, `/health/ready` and `/clans` returned 500 `INTERNAL` until the migration.",
  run: () =>
    inTemporaryFolder(async (folder) => {
      const postgres = await startPostgres(join(folder, "postgres"), [], { isMigrated: false });
      try {
        await postgres.end("SIGINT");
        const service = await startService({ DATABASE_URL: postgres.serviceUrl });
        try {
          const reasons = async () => {
            const responses = await Promise.all(
              ["/health/ready", "/clans"].map((path) => sendRequest(service.url, { path })),
            );
            return responses.map(({ status, text }) => `${status} ${JSON.parse(text).reason}`).join(", ");
          };
          const unavailable = await reasons();
          expectThat(
            unavailable === "503 DATABASE_UNAVAILABLE, 503 DATABASE_UNAVAILABLE",
            `without PostgreSQL: ${unavailable}`,
          );
          await postgres.start();
          // The readiness probe answers from a look at the database that is at most a second old.
          const isOutdated = async () => (await reasons()) === "503 SCHEMA_OUTDATED, 503 SCHEMA_OUTDATED";
          await waitUntil("both report SCHEMA_OUTDATED", isOutdated, { seconds: 10 });
          await postgres.migrate();
          const startedAt = performance.now();
          await untilReady(service.url);
          const { status } = await sendRequest(service.url, { path: "/clans" });
          expectThat(status === 200, `/clans after the migration: ${status}`);
          const { status: live } = await sendRequest(service.url, { path: "/health/live" });
          expectThat(live === 200 && service.isRunning(), `live: ${live}`);
          return { summary: `ready ${Math.round(performance.now() - startedAt)} ms after the migration` };
        } finally {
          await service.end("SIGKILL");
        }
      } finally {
        await postgres.stop();
      }
    }),
};
