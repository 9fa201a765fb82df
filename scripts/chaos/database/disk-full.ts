import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import { fillDisk } from "../rig/small-disk.ts";
import { answerTo } from "../rig/statuses.ts";
import { underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const seconds = 5;

export const diskFull: Experiment = {
  name: "disk-full",
  promise:
    "On a full disk, writes that need room are refused with 503 and leave nothing behind, reads go on, and the service recovers by itself once there is room.",
  trial: `PostgreSQL's disk (a tmpfs) is filled to the last byte, and freed ${seconds} s after the first refusal.`,
  protection:
    'Without "53" among `unavailableClasses` in service/src/database/failures.ts, 225 requests were answered 500 `INTERNAL`.',
  run: () =>
    underLoad(
      async ({ folder, postgres, load, service }) => {
        // Old segments of the log are kept for later, so that only tables have no room; `wal-full` does the other.
        for (let segments = 0; segments < 3; segments++) {
          await postgres.query("select pg_logical_emit_message(true, 'chaos', 'x')");
          await postgres.query("select pg_switch_wal()");
        }
        await postgres.query("checkpoint");
        const free = fillDisk(join(folder, "postgres"));
        let reads = 0;
        try {
          const before = load.ledger.count("refused");
          await until("a write is refused", () => load.ledger.count("refused") > before);
          for (const end = performance.now() + seconds * 1_000; performance.now() < end; reads++) {
            const read = await answerTo(service.url, { path: "/clans" });
            promised(read === "200", `a read on a full disk: ${read}`);
            await delay(50);
          }
        } finally {
          free();
        }
        promised(service.log().includes("No space left on device"), "the disk was not noticed to be full");
        return `${reads} reads answered meanwhile`;
      },
      { diskMiB: 160, settings: ["min_wal_size=64MB", "max_wal_size=64MB"] },
    ),
};
