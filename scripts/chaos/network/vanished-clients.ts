import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { activity, toCsv } from "../../testkit/activity.ts";
import { startTcpProxy } from "../../testkit/tcp-proxy.ts";
import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import { sendRequest } from "../harness/http-client.ts";
import type { Postgres } from "../harness/postgres.ts";
import { underLoad } from "../harness/under-load.ts";

const limitMs = 4_000;
const vanished = 50;
// Enough for the import to begin.
const beginning = toCsv(Array(2_000).fill(activity()));
const limits = {
  CONNECT_TIMEOUT_MS: "1500",
  LOCK_TIMEOUT_MS: "1000",
  STATEMENT_TIMEOUT_MS: "3000",
  HANDLER_TIMEOUT_MS: String(limitMs),
  IMPORT_TIMEOUT_MS: String(limitMs),
};

export const vanishedClients: Experiment = {
  name: "vanished-clients",
  guarantee:
    "Clients that silently disappear in the middle of a request do not block others: the service times them out and closes their connections.",
  method: `${vanished} clients fall silent half-way through the creation of a clan, and one half-way through the only import that may run at a time. Timeout: ${limitMs / 1_000} s.`,
  mutation:
    'Without the listener to the deadline (`signal.addEventListener("abort", …)` in `service/src/user-activity/import/body.ts`), the slot of the import was free only after 20 s, by the idle timeout of the connection.',
  run: () =>
    underLoad(
      async ({ service, postgres }) => {
        const proxy = await startTcpProxy(service.port);
        try {
          for (let n = 0; n < vanished; n++) {
            await sendHalf(proxy.port, "/clans", "application/json", '{"name": "only half');
          }
          await waitUntil("an import is in progress", async () => {
            const socket = await sendHalf(proxy.port, "/user-activity/import", "text/csv", beginning);
            const became = await waitUntil(
              "it waits for more, or is rejected because another one is running",
              async () => {
                if (socket.bytesRead > 0) return "rejected";
                return (await isCopying(postgres)) && "waiting";
              },
            );
            return became === "waiting";
          });
          const startedAt = performance.now();
          for (const connection of proxy.connections) connection.fallSilent();
          await waitUntil("another import is accepted", () => mayImport(service.url));
          const freeMs = performance.now() - startedAt;
          expectThat(
            freeMs < limitMs + 2_000,
            `the import's slot was free only after ${freeMs.toFixed()} ms`,
          );
          await waitUntil("the service has closed their connections", () =>
            [...proxy.connections].every(({ server }) => server.readableEnded || server.destroyed),
          );
          const closedMs = performance.now() - startedAt;
          return `the import's slot was free after ${(freeMs / 1_000).toFixed(1)} s, their connections closed after ${(closedMs / 1_000).toFixed(1)} s`;
        } finally {
          await proxy.close();
        }
      },
      { environment: limits },
    ),
};

/** Sends a request whose Content-Length is twice the length of its body. */
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

/** Whether an import has been copying for longer than those of the load, which send all their rows. */
async function isCopying(postgres: Postgres): Promise<boolean> {
  const sessions = await postgres.query(
    "select from pg_stat_activity where query like 'copy %' and state = 'active' and xact_start < now() - interval '1 s'",
  );
  return sessions.length > 0;
}

/** Imports a row that is rejected, so that nothing is stored. */
async function mayImport(url: string): Promise<boolean> {
  const body = toCsv([activity({ platform: "none" })]);
  const headers = { "content-type": "text/csv" };
  return (
    (await sendRequest(url, { method: "POST", path: "/user-activity/import", headers, body })).status === 200
  );
}
