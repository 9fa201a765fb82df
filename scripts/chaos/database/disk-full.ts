import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { statusOf } from "../harness/observe.ts";
import { fillDisk } from "../harness/small-disk.ts";
import { underLoad } from "../harness/under-load.ts";

const seconds = 5;

export const diskFull: Experiment = {
  name: "disk-full",
  guarantee:
    "On a full disk, writes that need space are rejected with 503 and store nothing, reads still work, and the service recovers by itself once there is space.",
  method: `PostgreSQL's disk (a tmpfs) is filled to the last byte, and freed ${seconds} s after the first rejected write.`,
  mutation:
    'Without "53" among `unavailableClasses` in service/src/database/failures.ts, 225 requests got 500 `INTERNAL`.',
  run: () =>
    underLoad(
      async ({ folder, postgres, load, service }) => {
        // Old WAL segments are kept for reuse, so that only tables run out of space; `wal-full` tests the other case.
        for (let segments = 0; segments < 3; segments++) {
          await postgres.query("select pg_logical_emit_message(true, 'chaos', 'x')");
          await postgres.query("select pg_switch_wal()");
        }
        await postgres.query("checkpoint");
        const free = fillDisk(join(folder, "postgres"));
        let reads = 0;
        try {
          const before = load.ledger.count("rejected");
          await waitUntil("a write is rejected", () => load.ledger.count("rejected") > before);
          for (const end = performance.now() + seconds * 1_000; performance.now() < end; reads++) {
            const read = await statusOf(service.url, { path: "/clans" });
            expectThat(read === "200", `a read on a full disk: ${read}`);
            await delay(50);
          }
        } finally {
          free();
        }
        expectThat(
          service.log().includes("No space left on device"),
          "PostgreSQL did not report a full disk",
        );
        return `${reads} reads served meanwhile`;
      },
      { diskMiB: 160, settings: ["min_wal_size=64MB", "max_wal_size=64MB"] },
    ),
};
