import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { activity, csvHeader, toCsv } from "../../testkit/activity.ts";
import { startTcpProxy } from "../../testkit/tcp-proxy.ts";
import { type Experiment, promised } from "../experiment.ts";
import { ask } from "../rig/ask.ts";
import type { Postgres } from "../rig/postgres.ts";
import { underLoad } from "../rig/under-load.ts";
import { until } from "../rig/until.ts";

const limitMs = 4_000;
const vanished = 50;
const limits = {
  CONNECT_TIMEOUT_MS: "1500",
  LOCK_TIMEOUT_MS: "1000",
  STATEMENT_TIMEOUT_MS: "3000",
  HANDLER_TIMEOUT_MS: String(limitMs),
  IMPORT_TIMEOUT_MS: String(limitMs),
};

export const vanishedClients: Experiment = {
  name: "vanished-clients",
  promise:
    "Clients that vanish in the middle of a request, without a word, keep nothing from the others: the service gives them up in its limits, and closes.",
  trial: `${vanished} clients fall silent half-way through a clan, and one half-way through the only import that may run at once. Limit: ${limitMs / 1_000} s.`,
  protection:
    'Without the listener to the deadline (`signal.addEventListener("abort", …)` in `service/src/user-activity/import/body.ts`), the place of the import was free only after 20 s, when silence alone ends it.',
  run: () =>
    underLoad(
      async ({ service, postgres }) => {
        const proxy = await startTcpProxy(service.port);
        try {
          for (let n = 0; n < vanished; n++) {
            await sendHalf(proxy.port, "/clans", "application/json", '{"name": "only half');
          }
          await until("an import is begun and stays", async () => {
            const socket = await sendHalf(proxy.port, "/user-activity/import", "text/csv", `${csvHeader}\n`);
            const became = await until(
              "it waits for more, or is refused because another one runs",
              async () => {
                if (socket.bytesRead > 0) return "refused";
                return (await isCopying(postgres)) && "waiting";
              },
            );
            return became === "waiting";
          });
          const startedAt = performance.now();
          for (const connection of proxy.connections) connection.fallSilent();
          await until("another import may run", () => mayImport(service.url));
          const freeMs = performance.now() - startedAt;
          promised(
            freeMs < limitMs + 2_000,
            `the place of the import was free only after ${freeMs.toFixed()} ms`,
          );
          await until("the service has closed their connections", () =>
            [...proxy.connections].every(({ server }) => server.readableEnded || server.destroyed),
          );
          const closedMs = performance.now() - startedAt;
          return `the import's place was free after ${(freeMs / 1_000).toFixed(1)} s, their connections closed after ${(closedMs / 1_000).toFixed(1)} s`;
        } finally {
          await proxy.close();
        }
      },
      { environment: limits },
    ),
};

/** Its head says twice as much as follows. */
async function sendHalf(port: number, path: string, type: string, body: string): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  await once(socket, "connect");
  const length = 2 * Buffer.byteLength(body);
  socket
    .resume()
    .write(
      `POST ${path} HTTP/1.1\r\nHost: service\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n\r\n${body}`,
    );
  return socket;
}

/** For longer than those of the load, which have all their rows. */
async function isCopying(postgres: Postgres): Promise<boolean> {
  const sessions = await postgres.query(
    "select from pg_stat_activity where query like 'copy %' and state = 'active' and xact_start < now() - interval '1 s'",
  );
  return sessions.length > 0;
}

/** Of a row that is rejected, so that it leaves nothing behind. */
async function mayImport(url: string): Promise<boolean> {
  const body = toCsv([activity({ country: "none" })]);
  const headers = { "content-type": "text/csv" };
  return (await ask(url, { method: "POST", path: "/user-activity/import", headers, body })).status === 200;
}
