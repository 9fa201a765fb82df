import { type Proxied, startTcpProxy } from "../../testkit/tcp-proxy.ts";
import type { Experiment } from "../experiment.ts";
import { underLoad } from "../harness/under-load.ts";
import { allKinds, retryWithKey, roomForImports } from "./retry-with-key.ts";

const rounds = 10;

export const responseLost: Experiment = {
  name: "response-lost",
  guarantee:
    "A client that loses the response to a write retries it with its `Idempotency-Key` and gets the first response; the write is stored once.",
  method: `The connection between client and service is cut when the response has been sent, for ${rounds} clans, batches and imports.`,
  mutation:
    "Without `findAnswer` in `service/src/idempotency/idempotency.ts` (no stored response is looked up), the retry of the first clan got 409 `CLAN_NAME_TAKEN`, about the client's own clan.",
  run: () =>
    underLoad(
      async ({ service, load }) => {
        const proxy = await startTcpProxy(service.port);
        let cuts = 0;
        const cutFirstResponse = (_bytes: Buffer, direction: string, connection: Proxied) => {
          if (direction !== "toClient") return;
          cuts++;
          proxy.onBytes = () => {};
          connection.cut();
        };
        try {
          for (let round = 0; round < rounds; round++) {
            for (const kind of allKinds) {
              proxy.onBytes = cutFirstResponse;
              const url = `http://127.0.0.1:${proxy.port}`;
              load.ledger.writes.push(await retryWithKey(url, kind, (response) => !response));
            }
          }
        } finally {
          await proxy.close();
        }
        return `${cuts} responses cut, each replayed`;
      },
      { environment: roomForImports },
    ),
};
