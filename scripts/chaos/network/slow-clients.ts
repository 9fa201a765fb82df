import { type Experiment, promised } from "../experiment.ts";
import { roomForImports } from "./retried-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

const delayMs = 2_000;

export const slowClients: Experiment = {
  name: "slow-clients",
  promise:
    "Clients that are two seconds away are served like others: no request of theirs fails, and none is done twice.",
  trial: `${delayMs} ms of delay in all that clients send to the service, 8 clients at once.`,
  protection:
    "No line of ours makes this; with clients that give up after a second instead of 30 (`seconds` in `scripts/chaos/rig/ask.ts`), eight writes were not acknowledged within a minute.",
  run: () =>
    throughProxies(
      async ({ clients }, { load }) => {
        const acknowledged = load.ledger.count("acknowledged");
        clients.delayMs.toServer = delayMs;
        const tookMs = await load.untilAcknowledged(8);
        clients.delayMs.toServer = 0;
        promised(tookMs >= delayMs, `the delay was not there: 8 writes took ${tookMs.toFixed()} ms`);
        const failed = load.ledger.count("refused") + load.ledger.count("unknown");
        promised(failed === 0, `${failed} writes failed`);
        return `${load.ledger.count("acknowledged") - acknowledged} writes acknowledged in ${(tookMs / 1_000).toFixed(1)} s with the delay`;
      },
      { environment: roomForImports },
    ),
};
