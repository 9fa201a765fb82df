import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { p99 } from "../../bench/statistics.ts";
import { type Experiment, promised } from "../experiment.ts";
import { type Rig, underLoad } from "../rig/under-load.ts";
import type { Offered } from "./offer.ts";

const runProgram = promisify(execFile);
const script = fileURLToPath(new URL("offer.ts", import.meta.url));

export const sustainedOverload: Experiment = {
  name: "sustained-overload",
  promise:
    "Under three times the load that it can carry, the service goes on to do at least 0.8 of its best, and whom it serves does not wait longer than the limit for a connection.",
  trial:
    "Batches of 100 rows, first as fast as 32 connections get their answers, then for 60 s at three times that rate, sent without waiting for answers.",
  protection:
    "As long as requests were refused only in line for a connection, after their bodies were read, and not by `limitRunning` in `service/src/http/limits.ts`, 0.10 of the best was served, with a p99 of 30 s.",
  isAlone: true,
  run: () =>
    underLoad(
      async (rig) => {
        await offer(rig, "warm", 0, 5);
        const best = goodput(await offer(rig, "best", 0, 10));
        const overload = await offer(rig, "over", 3 * best, 60);
        const { answers, notSent } = overload;
        const longest = p99(answers.filter(isServed).map(({ ms }) => ms));
        const told =
          `${Math.round(best)} batches a second at best; of ${Math.round((answers.length + notSent) / overload.seconds)} a second ` +
          `${Math.round(goodput(overload))} were served (${(goodput(overload) / best).toFixed(2)}), with a p99 of ${Math.round(longest)} ms`;
        promised(goodput(overload) >= 0.8 * best, told);
        promised(longest <= 3_000, told);
        promised(notSent < answers.length / 10, `${notSent} requests found no connection: ${told}`);
        const others = answers.filter(({ status }) => status !== 200 && status !== 503);
        promised(
          others.length === 0,
          `${others.length} answers were neither 200 nor 503, such as ${others[0]?.status}`,
        );
        return told;
      },
      { clients: 1, environment: { POOL_MAX: "10" } },
    ),
};

const isServed = ({ status }: Offered["answers"][number]) => status === 200;
const goodput = ({ answers, seconds }: Offered) => answers.filter(isServed).length / seconds;

/** Offers load from a process of its own, and notes in the ledger what became of it. */
async function offer({ service, load }: Rig, name: string, rate: number, seconds: number): Promise<Offered> {
  const args = [script, service.url, name, String(rate), String(seconds)];
  const { stdout } = await runProgram(process.execPath, args, { maxBuffer: 2 ** 28 });
  const offered: Offered = JSON.parse(stdout);
  for (const { user, status } of offered.answers) {
    const outcome = status === 200 ? "acknowledged" : status === 0 ? "unknown" : "refused";
    load.ledger.writes.push({ kind: "activity", name: user, rows: offered.rows, outcome });
  }
  return offered;
}
