import { type Experiment, promised } from "../experiment.ts";
import type { Ledger } from "../rig/ledger.ts";
import { until } from "../rig/until.ts";
import { roomForImports } from "./retried-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

export const byteByByte: Experiment = {
  name: "byte-by-byte",
  promise: "However a network cuts up what it carries, everything works, if slowly.",
  trial:
    "Every byte comes alone, in both directions, between clients and service and between service and PostgreSQL, until three imports have passed.",
  protection:
    "With `chunk.subarray(…)` alone instead of `Buffer.concat([rest, …])` in `contract/lines/lines.ts`, which joins a line to its beginning in earlier chunks, 50 of the 500 rows of an import were stored, and others under a cut name.",
  run: () =>
    throughProxies(
      async ({ clients, database }, { load }) => {
        const acknowledged = load.ledger.count("acknowledged");
        const imports = importsOf(load.ledger);
        let bytes = 0;
        for (const network of [clients, database]) {
          network.isSliced = true;
          network.onBytes = ({ length }) => {
            bytes += length;
          };
        }
        const startedAt = performance.now();
        await until("three imports have passed", () => importsOf(load.ledger) >= imports + 3, {
          seconds: 60,
        });
        const seconds = (performance.now() - startedAt) / 1_000;
        for (const network of [clients, database]) network.isSliced = false;
        const failed = load.ledger.count("refused") + load.ledger.count("unknown");
        promised(failed === 0, `${failed} writes failed`);
        const writes = load.ledger.count("acknowledged") - acknowledged;
        return `${writes} writes acknowledged in ${seconds.toFixed(1)} s, in ${bytes.toLocaleString("en")} single bytes`;
      },
      { environment: roomForImports },
    ),
};

/** Imports have more rows than batches. */
const importsOf = ({ writes }: Ledger): number =>
  writes.filter(({ outcome, rows = 0 }) => outcome === "acknowledged" && rows > 100).length;
