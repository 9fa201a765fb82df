import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { p99 } from "../../bench/statistics.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { type Harness, underLoad } from "../harness/under-load.ts";
import type { LoadResult } from "./open-loop-load.ts";

const runProgram = promisify(execFile);
const script = fileURLToPath(new URL("open-loop-load.ts", import.meta.url));

export const sustainedOverload: Experiment = {
  name: "sustained-overload",
  guarantee:
    "At three times its maximum load, the service keeps at least 0.8 of its maximum throughput, and served requests take no longer than the connect timeout.",
  method:
    "Batches of 100 rows: closed-loop with 32 connections to find the maximum throughput, then 60 s of open-loop load at three times that rate.",
  mutation:
    "While requests were rejected only in the queue for a connection, after their bodies were read, and not by `shedLoad` in `service/src/http/limits.ts`, 0.10 of the maximum was served, with a p99 of 30 s.",
  isExclusive: true,
  run: () =>
    underLoad(
      async (harness) => {
        await offer(harness, "warm", 0, 5);
        const best = goodput(await offer(harness, "best", 0, 10));
        const overload = await offer(harness, "over", 3 * best, 60);
        const { responses, notSent } = overload;
        const longest = p99(responses.filter(isServed).map(({ ms }) => ms));
        const summary =
          `${Math.round(best)} batches per second at most; of ${Math.round((responses.length + notSent) / overload.seconds)} per second ` +
          `${Math.round(goodput(overload))} were served (${(goodput(overload) / best).toFixed(2)}), with a p99 of ${Math.round(longest)} ms`;
        expectThat(goodput(overload) >= 0.8 * best, summary);
        expectThat(longest <= 3_000, summary);
        expectThat(notSent < responses.length / 10, `${notSent} requests were not sent: ${summary}`);
        const others = responses.filter(({ status }) => status !== 200 && status !== 503);
        expectThat(
          others.length === 0,
          `${others.length} responses were neither 200 nor 503, such as ${others[0]?.status}`,
        );
        return summary;
      },
      { clients: 1, environment: { POOL_MAX: "10" } },
    ),
};

const isServed = ({ status }: LoadResult["responses"][number]) => status === 200;
const goodput = ({ responses, seconds }: LoadResult) => responses.filter(isServed).length / seconds;

/** Sends load from a process of its own, and records the outcomes in the ledger. */
async function offer(
  { service, load }: Harness,
  name: string,
  rate: number,
  seconds: number,
): Promise<LoadResult> {
  const args = [script, service.url, name, String(rate), String(seconds)];
  const { stdout } = await runProgram(process.execPath, args, { maxBuffer: 2 ** 28 });
  const result: LoadResult = JSON.parse(stdout);
  for (const { user, status } of result.responses) {
    const outcome = status === 200 ? "acknowledged" : status === 0 ? "unknown" : "rejected";
    load.ledger.writes.push({ kind: "activity", name: user, rows: result.rows, outcome });
  }
  return result;
}
