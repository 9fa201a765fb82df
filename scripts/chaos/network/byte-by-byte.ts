import { waitUntil } from "../../testkit/wait-until.ts";
import { type Experiment, expectThat } from "../experiment.ts";
import type { Ledger } from "../harness/ledger.ts";
import { roomForImports } from "./retry-with-key.ts";
import { throughProxies } from "./through-proxies.ts";

export const byteByByte: Experiment = {
  name: "byte-by-byte",
  guarantee: "However a network fragments its traffic, everything works, if slowly.",
  method:
    "Every byte is delivered separately, in both directions, between clients and service and between service and PostgreSQL, until three imports have completed.",
  mutation:
    "With `chunk.subarray(…)` alone instead of `Buffer.concat([rest, …])` in `contract/lines/read-lines.ts`, which joins a line to its beginning in earlier chunks, 50 of the 500 rows of an import were stored, and others under a truncated name.",
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
        await waitUntil("three imports have completed", () => importsOf(load.ledger) >= imports + 3, {
          seconds: 60,
        });
        const seconds = (performance.now() - startedAt) / 1_000;
        for (const network of [clients, database]) network.isSliced = false;
        const failed = load.ledger.count("rejected") + load.ledger.count("unknown");
        expectThat(failed === 0, `${failed} writes failed`);
        const writes = load.ledger.count("acknowledged") - acknowledged;
        return `${writes} writes acknowledged in ${seconds.toFixed(1)} s, in ${bytes.toLocaleString("en")} single bytes`;
      },
      { environment: roomForImports },
    ),
};

/** Imports have more rows than batches. */
const importsOf = ({ writes }: Ledger): number =>
  writes.filter(({ outcome, rows = 0 }) => outcome === "acknowledged" && rows > 100).length;
