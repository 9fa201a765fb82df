import { join } from "node:path";
import { type Experiment, promised } from "../experiment.ts";
import { fillDisk } from "../rig/small-disk.ts";
import { answerTo } from "../rig/statuses.ts";
import { underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

export const walFull: Experiment = {
  name: "wal-full",
  promise:
    "When PostgreSQL panics because its log has no room, nothing acknowledged is lost and nothing refused is stored; with room and a PostgreSQL again, the service goes on by itself.",
  trial:
    "PostgreSQL's disk is filled and its log driven to the end, until it panics over and over or gives up; then the disk is freed, and PostgreSQL started if it has ended.",
  protection:
    'Without "57P03" (starting up or recovering) among `unavailableCodes` in service/src/database/failures.ts, 38 requests were answered 500 `INTERNAL`.',
  run: () =>
    underLoad(
      async ({ folder, postgres, service }) => {
        const free = fillDisk(join(folder, "postgres"));
        try {
          await until("PostgreSQL panics", async () => {
            const write = "select pg_logical_emit_message(true, 'chaos', repeat('x', 4000000))";
            await postgres.query(write).catch(() => {});
            return (await answerTo(service.url, { path: "/clans" })) !== "200";
          });
          const live = await answerTo(service.url, { path: "/health/live" });
          promised(live === "200", `/health/live: ${live}`);
        } finally {
          free();
        }
        // What watches over PostgreSQL in production starts it again.
        const hasEnded = await until("PostgreSQL has ended or recovered", async () => {
          if (!postgres.isRunning()) return "ended";
          return (await postgres.query("select 1").catch(() => undefined)) && "recovered";
        });
        if (hasEnded === "ended") await postgres.start();
        return `PostgreSQL had ${hasEnded === "ended" ? "given up and was started again" : "recovered by itself"}`;
      },
      { diskMiB: 160, settings: ["min_wal_size=32MB", "max_wal_size=32MB"] },
    ),
};
