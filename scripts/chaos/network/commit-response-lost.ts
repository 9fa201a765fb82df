import type { Proxied, TcpProxy } from "../../testkit/tcp-proxy.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import type { HttpResponse } from "../harness/http-client.ts";
import { allKinds, retryWithKey, roomForImports } from "./retry-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

const everyNth = 4;
const rounds = 5;
// COMMIT, and the auto-committed statements of writes without a key.
const committing = ["commit\0", "insert into clans", "delete from clans", "upsert-activity"];

export const commitResponseLost: Experiment = {
  name: "commit-response-lost",
  guarantee:
    "When PostgreSQL's response to COMMIT is lost, the outcome of the write is unknown: the service reports that (503 `OUTCOME_UNKNOWN`), and retrying with the key resolves it.",
  method: `Every ${everyNth}th connection between service and PostgreSQL is cut when COMMIT, or an auto-committed statement, was executed and its response is being sent.`,
  mutation:
    "Without `outcomeOf(…)` around COMMIT in `service/src/database/transaction.ts`, the service returned 503 `DATABASE_UNAVAILABLE`, as for a rejected write, about a clan that was stored.",
  run: () =>
    throughProxies(
      async ({ database: proxy }, { load, service }) => {
        const underLoad = cutResponses(proxy, everyNthCommit());
        await load.untilAcknowledged(100);
        expectThat(underLoad.cuts > 10, `only ${underLoad.cuts} responses were cut`);

        const retried = cutResponses(proxy, firstCommitOfEach());
        const isUnknown = (response?: HttpResponse) =>
          response?.status === 503 && response.text.includes("OUTCOME_UNKNOWN");
        for (let round = 0; round < rounds; round++) {
          for (const kind of allKinds) {
            load.ledger.writes.push(await retryWithKey(service.url, kind, isUnknown));
          }
        }
        proxy.onBytes = () => {};
        return `${underLoad.cuts} responses of PostgreSQL cut under load; ${retried.cuts} more, each reported as unknown and replayed`;
      },
      { environment: roomForImports },
    ),
};

/** Cuts a connection when PostgreSQL responds to bytes for which `isCut` returns true. */
function cutResponses(
  proxy: TcpProxy,
  isCut: (bytes: Buffer, connection: Proxied) => boolean,
): { cuts: number } {
  const observed = { cuts: 0 };
  const asking = new WeakSet<Proxied>();
  proxy.onBytes = (bytes, direction, connection) => {
    if (direction === "toServer") {
      if (isCut(bytes, connection)) asking.add(connection);
      else asking.delete(connection);
    } else if (asking.has(connection)) {
      observed.cuts++;
      connection.cut();
    }
  };
  return observed;
}

function everyNthCommit(): (bytes: Buffer) => boolean {
  let commits = 0;
  return (bytes) => committing.some((statement) => bytes.includes(statement)) && ++commits % everyNth === 0;
}

/** The COMMIT of the first attempt at each write whose name says that it will be retried. */
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
