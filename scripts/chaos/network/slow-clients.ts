import { type Experiment, expectThat } from "../experiment.ts";
import { roomForImports } from "./retry-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

const delayMs = 2_000;

export const slowClients: Experiment = {
  name: "slow-clients",
  guarantee:
    "Clients with a latency of two seconds are served like others: none of their requests fails or is processed twice.",
  method: `${delayMs} ms of delay in all bytes from clients to the service, with 8 concurrent clients.`,
  mutation:
    "No line of the service is responsible; with a client timeout of one second instead of 30 (`seconds` in `scripts/chaos/harness/http-client.ts`), eight writes were not acknowledged within a minute.",
  run: () =>
    throughProxies(
      async ({ clients }, { load }) => {
        const acknowledged = load.ledger.count("acknowledged");
        clients.delayMs.toServer = delayMs;
        const tookMs = await load.untilAcknowledged(8);
        clients.delayMs.toServer = 0;
        expectThat(tookMs >= delayMs, `there was no delay: 8 writes took ${tookMs.toFixed()} ms`);
        const failed = load.ledger.count("rejected") + load.ledger.count("unknown");
        expectThat(failed === 0, `${failed} writes failed`);
        return `${load.ledger.count("acknowledged") - acknowledged} writes acknowledged in ${(tookMs / 1_000).toFixed(1)} s with the delay`;
      },
      { environment: roomForImports },
    ),
};
