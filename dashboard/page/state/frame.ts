import type { Resolved } from "../figures/periods.ts";
import type { Selection } from "./address.ts";

/** What every tab is about. */
export interface Frame {
  selection: Selection;
  resolved: Resolved;
}
