import { type Experiment, promised } from "../experiment.ts";
import { roomForImports } from "./retried-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

export const byteByByte: Experiment = {
  name: "byte-by-byte",
  promise: "However a network cuts up what it carries, everything works, if slowly.",
  trial:
    "Every byte comes alone, in both directions, between clients and service and between service and PostgreSQL.",
  protection: "",
  run: () =>
    throughProxies(
      async ({ clients, database }, { load }) => {
        const acknowledged = load.ledger.count("acknowledged");
        let bytes = 0;
        for (const network of [clients, database]) {
          network.isSliced = true;
          network.onBytes = ({ length }) => {
            bytes += length;
          };
        }
        const tookMs = await load.untilAcknowledged(12);
        for (const network of [clients, database]) network.isSliced = false;
        const failed = load.ledger.count("refused") + load.ledger.count("unknown");
        promised(failed === 0, `${failed} writes failed`);
        const writes = load.ledger.count("acknowledged") - acknowledged;
        return `${writes} writes acknowledged in ${(tookMs / 1_000).toFixed(1)} s, cut into ${bytes.toLocaleString("en")} bytes`;
      },
      { environment: roomForImports },
    ),
};
