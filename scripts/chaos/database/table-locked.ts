import { setTimeout as delay } from "node:timers/promises";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { type Observed, observe, statusOf } from "../harness/observe.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";

const seconds = 60;
const reads = { clans: "/clans", user_activity: "/user-activity?user_id=nobody" };

type Table = keyof typeof reads;

export const tableLocked: Experiment = {
  name: "table-locked",
  guarantee:
    "While a table is locked, requests that need it get 503 within the connect and lock timeouts (3 s each); other requests are not affected, because the waiting ones may not use the whole pool.",
  method: `\`lock table … in access exclusive mode\` for ${seconds} s, on clans and then on user_activity.`,
  mutation:
    "Without the semaphore of `limitConcurrency` in service/src/database/concurrency-limit.ts, requests for activity got 503 `DATABASE_BUSY` while clans was locked.",
  isLong: true,
  run: () =>
    underLoad(async (harness) => {
      const summary = [
        await holdLock(harness, "clans", "user_activity"),
        await holdLock(harness, "user_activity", "clans"),
      ];
      return summary.join("; ");
    }),
};

async function holdLock({ postgres, load, service }: Harness, locked: Table, free: Table): Promise<string> {
  const session = await postgres.session();
  let isOver = false;
  try {
    await session.query("begin");
    await session.query(`lock table ${locked} in access exclusive mode`);
    const isEnd = () => isOver;
    const watching = Promise.all(
      [reads[locked], reads[free], "/health/ready"].map((path) =>
        observe(service.url, () => ({ path }), isEnd),
      ),
    );
    await delay(seconds * 1_000);
    isOver = true;
    const [waiting, going, ready] = await watching;
    expectThat(
      [...(waiting?.responses.keys() ?? [])].join() === "503 DATABASE_BUSY",
      `${reads[locked]}, which is locked: ${text(waiting)}`,
    );
    expectThat((waiting?.slowestMs ?? 0) < 8_000, `503 came after ${waiting?.slowestMs} ms`);
    for (const [path, observed] of [
      [reads[free], going],
      ["/health/ready", ready],
    ] as const) {
      expectThat(
        [...(observed?.responses.keys() ?? [])].join() === "200",
        `${path}, which is not locked: ${text(observed)}`,
      );
      expectThat(
        (observed?.slowestMs ?? 0) < 2_000,
        `${path}, which is not locked, took ${observed?.slowestMs} ms`,
      );
    }
    const released = performance.now();
    await session.query("rollback");
    await load.untilAcknowledged(1);
    await waitUntil(
      `${locked} is available again`,
      async () => (await statusOf(service.url, { path: reads[locked] })) === "200",
    );
    const ms = (n = 0) => `${Math.round(n)} ms`;
    return (
      `${locked} locked: 503 within ${ms(waiting?.slowestMs)}, the other table within ${ms(going?.slowestMs)}, ` +
      `back after ${ms(performance.now() - released)}`
    );
  } finally {
    isOver = true;
    await session.end();
  }
}

const text = (observed: Observed | undefined) =>
  [...(observed?.responses ?? [])].map(([response, times]) => `${times} × ${response}`).join(", ");
