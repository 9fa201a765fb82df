import { setTimeout as delay } from "node:timers/promises";
import { type Experiment, promised } from "../experiment.ts";
import { answerTo, type Observed, observe } from "../rig/statuses.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const seconds = 60;
const reads = { clans: "/clans", user_activity: "/user-activity?user_id=nobody" };

type Table = keyof typeof reads;

export const tableLocked: Experiment = {
  name: "table-locked",
  promise:
    "While a table is locked, requests that need it get 503 within the limits for a connection and a lock (3 s each); those that don't are answered as ever, for the waiting ones may not take the whole pool.",
  trial: `\`lock table … in access exclusive mode\` for ${seconds} s, on clans and then on user_activity.`,
  protection:
    "Without the semaphore of `limitConcurrency` in service/src/database/concurrency-limit.ts, requests for activity were answered 503 `DATABASE_BUSY` while clans was locked.",
  isLong: true,
  run: () =>
    underLoad(async (rig) => {
      const told = [
        await holdLock(rig, "clans", "user_activity"),
        await holdLock(rig, "user_activity", "clans"),
      ];
      return told.join("; ");
    }),
};

async function holdLock({ postgres, load, service }: Rig, locked: Table, free: Table): Promise<string> {
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
    promised(
      [...(waiting?.answers.keys() ?? [])].join() === "503 DATABASE_BUSY",
      `${reads[locked]}, which is locked: ${text(waiting)}`,
    );
    promised((waiting?.slowestMs ?? 0) < 8_000, `503 came after ${waiting?.slowestMs} ms`);
    for (const [path, seen] of [
      [reads[free], going],
      ["/health/ready", ready],
    ] as const) {
      promised(
        [...(seen?.answers.keys() ?? [])].join() === "200",
        `${path}, which is not locked: ${text(seen)}`,
      );
      promised((seen?.slowestMs ?? 0) < 2_000, `${path}, which is not locked, took ${seen?.slowestMs} ms`);
    }
    const released = performance.now();
    await session.query("rollback");
    await load.untilAcknowledged(1);
    await until(
      `${locked} is there again`,
      async () => (await answerTo(service.url, { path: reads[locked] })) === "200",
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

const text = (seen: Observed | undefined) =>
  [...(seen?.answers ?? [])].map(([answer, times]) => `${times} × ${answer}`).join(", ");
