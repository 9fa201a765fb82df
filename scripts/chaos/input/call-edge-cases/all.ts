import type { CallEdgeCase } from "./call-edge-case.ts";
import { clanEdgeCases } from "./clans.ts";
import { historyEdgeCases } from "./history.ts";
import { keyEdgeCases } from "./idempotency-keys.ts";
import { pageEdgeCases } from "./pages.ts";
import { pathEdgeCases } from "./paths.ts";
import { searchEdgeCases } from "./search.ts";

/** The edge cases of all calls but the delivery of rows. */
export function callEdgeCases(): CallEdgeCase[] {
  return [
    ...clanEdgeCases(),
    ...pageEdgeCases(),
    ...historyEdgeCases(),
    ...searchEdgeCases(),
    ...pathEdgeCases(),
    ...keyEdgeCases(),
  ];
}
