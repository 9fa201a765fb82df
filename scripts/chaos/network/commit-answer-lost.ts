import type { Proxied, TcpProxy } from "../../testkit/tcp-proxy.ts";
import { type Experiment, promised } from "../experiment.ts";
import type { Answer } from "../rig/ask.ts";
import { allKinds, retriedWithKey, roomForImports } from "./retried-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

const everyNth = 4;
const rounds = 5;
// COMMIT, and the statements that commit themselves when a write comes without a key.
const decisive = ["commit\0", "insert into clans", "delete from clans", "upsert-activity"];

export const commitAnswerLost: Experiment = {
  name: "commit-answer-lost",
  promise:
    "When PostgreSQL's answer to COMMIT is lost, nobody knows whether the write is stored: the service says so (503 `OUTCOME_UNKNOWN`), and the same request with its key finds out.",
  trial: `Every ${everyNth}th connection between service and PostgreSQL is cut when COMMIT, or a statement that commits itself, was carried out and its answer is on the way.`,
  protection:
    "Without `outcomeOf(…)` around COMMIT in `service/src/database/transaction.ts`, the service answered 503 `DATABASE_UNAVAILABLE`, as for a write that was refused, about a clan that was stored.",
  run: () =>
    throughProxies(
      async ({ database: proxy }, { load, service }) => {
        const underLoad = cutAnswers(proxy, everyNthDecision());
        await load.untilAcknowledged(100);
        promised(underLoad.cuts > 10, `only ${underLoad.cuts} answers were cut`);

        const retried = cutAnswers(proxy, firstCommitOfEach());
        const isUnknown = (answer?: Answer) =>
          answer?.status === 503 && answer.text.includes("OUTCOME_UNKNOWN");
        for (let round = 0; round < rounds; round++) {
          for (const kind of allKinds) {
            load.ledger.writes.push(await retriedWithKey(service.url, kind, isUnknown));
          }
        }
        proxy.onBytes = () => {};
        return `${underLoad.cuts} answers of PostgreSQL cut under load; ${retried.cuts} more, each told as unknown and replayed`;
      },
      { environment: roomForImports },
    ),
};

/** Cuts a connection when PostgreSQL answers what `isCut` says of the bytes that went to it. */
function cutAnswers(
  proxy: TcpProxy,
  isCut: (bytes: Buffer, connection: Proxied) => boolean,
): { cuts: number } {
  const seen = { cuts: 0 };
  const asking = new WeakSet<Proxied>();
  proxy.onBytes = (bytes, direction, connection) => {
    if (direction === "toServer") {
      if (isCut(bytes, connection)) asking.add(connection);
      else asking.delete(connection);
    } else if (asking.has(connection)) {
      seen.cuts++;
      connection.cut();
    }
  };
  return seen;
}

function everyNthDecision(): (bytes: Buffer) => boolean {
  let decisions = 0;
  return (bytes) => decisive.some((statement) => bytes.includes(statement)) && ++decisions % everyNth === 0;
}

/** The COMMIT of the first attempt at each write whose name says that it is retried. */
function firstCommitOfEach(): (bytes: Buffer, connection: Proxied) => boolean {
  const names = new Set<string>();
  const first = new WeakSet<Proxied>();
  return (bytes, connection) => {
    const [name] = /retried \w+ [\da-f-]{36}/.exec(bytes.toString("latin1")) ?? [];
    if (name && !names.has(name)) first.add(connection);
    if (name) names.add(name);
    return first.has(connection) && bytes.includes("commit\0");
  };
}
