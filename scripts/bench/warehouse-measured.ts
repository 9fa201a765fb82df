import { fileURLToPath } from "node:url";
import { runNode } from "../testkit/process.ts";

/** What `warehouse-measure.ts` can do. */
export type Measurement =
  | "read-csv"
  | "query"
  | "replace-days"
  | "replace-3-days"
  | "refresh-a-day"
  | "refresh-weeks-before"
  | "refresh"
  | "count-by-hand"
  | "join-clans"
  | "grow";

const script = fileURLToPath(new URL("warehouse-measure.ts", import.meta.url));

/** Seconds that something takes in a DuckDB file, in a process of its own; `argument` as `warehouse-measure.ts` has it. */
export async function measured(what: Measurement, file: string, argument = ""): Promise<number> {
  return Number(await runNode(script, [what, file, argument], { environment: process.env }));
}
