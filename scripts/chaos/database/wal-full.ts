import { join } from "node:path";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { statusOf } from "../harness/observe.ts";
import { fillDisk } from "../harness/small-disk.ts";
import { underLoad } from "../harness/under-load.ts";

export const walFull: Experiment = {
  name: "wal-full",
  guarantee:
    "When PostgreSQL panics because there is no space for its WAL, no acknowledged write is lost and no rejected write is stored; once there is space and PostgreSQL is up, the service recovers by itself.",
  method:
    "PostgreSQL's disk is filled with WAL until it panics repeatedly or exits; then the disk is freed, and PostgreSQL started if it has exited.",
  mutation:
    'Without "57P03" (starting up or recovering) among `unavailableCodes` in service/src/database/failures.ts, 38 requests got 500 `INTERNAL`.',
  run: () =>
    underLoad(
      async ({ folder, postgres, service }) => {
        const free = fillDisk(join(folder, "postgres"));
        try {
          await waitUntil("PostgreSQL panics", async () => {
            const write = "select pg_logical_emit_message(true, 'chaos', repeat('x', 4000000))";
            await postgres.query(write).catch(() => {});
            return (await statusOf(service.url, { path: "/clans" })) !== "200";
          });
          const live = await statusOf(service.url, { path: "/health/live" });
          expectThat(live === "200", `/health/live: ${live}`);
        } finally {
          free();
        }
        // In production, a supervisor restarts it.
        const hasEnded = await waitUntil("PostgreSQL has ended or recovered", async () => {
          if (!postgres.isRunning()) return "ended";
          return (await postgres.query("select 1").catch(() => undefined)) && "recovered";
        });
        if (hasEnded === "ended") await postgres.start();
        return `PostgreSQL ${hasEnded === "ended" ? "exited and was restarted" : "recovered by itself"}`;
      },
      { diskMiB: 160, settings: ["min_wal_size=32MB", "max_wal_size=32MB"] },
    ),
};
