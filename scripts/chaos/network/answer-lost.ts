import { type Proxied, startTcpProxy } from "../../testkit/tcp-proxy.ts";
import type { Experiment } from "../experiment.ts";
import { underLoad } from "../rig/under-load.ts";
import { allKinds, retriedWithKey, roomForImports } from "./retried-with-key.ts";

const rounds = 10;

export const answerLost: Experiment = {
  name: "answer-lost",
  promise:
    "A client that loses the answer to a write sends it again with its `Idempotency-Key` and gets the first answer; the write is there once.",
  trial: `The connection between client and service is cut when the answer has been sent, for ${rounds} clans, batches and imports.`,
  protection:
    "Without `findAnswer` in `service/src/idempotency/idempotency.ts` (no stored answer is looked up), the second attempt at the first clan was answered 409 `CLAN_NAME_TAKEN`, about the clan that the client itself had made.",
  run: () =>
    underLoad(
      async ({ service, load }) => {
        const proxy = await startTcpProxy(service.port);
        let cuts = 0;
        const cutFirstAnswer = (_bytes: Buffer, direction: string, connection: Proxied) => {
          if (direction !== "toClient") return;
          cuts++;
          proxy.onBytes = () => {};
          connection.cut();
        };
        try {
          for (let round = 0; round < rounds; round++) {
            for (const kind of allKinds) {
              proxy.onBytes = cutFirstAnswer;
              const url = `http://127.0.0.1:${proxy.port}`;
              load.ledger.writes.push(await retriedWithKey(url, kind, (answer) => !answer));
            }
          }
        } finally {
          await proxy.close();
        }
        return `${cuts} answers cut, and each replayed`;
      },
      { environment: roomForImports },
    ),
};
