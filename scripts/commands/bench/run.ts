import { writeFileSync } from "node:fs";
import { counted } from "@clan-platform/contract/terminal/amounts.ts";
import { measureParts } from "../../bench/measure-parts.ts";
import { benchmarksText } from "../../bench/report.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";
import { parts } from "./parts.ts";

/** Measures the named parts; all when none is named. */
export async function run(names: string[]): Promise<void> {
  const chosen = Object.entries(parts).filter(([part]) => names.length === 0 || names.includes(part));
  const results = await measureParts(Object.fromEntries(chosen), print);
  if (chosen.length === Object.keys(parts).length) {
    const day = new Date().toISOString().slice(0, 10);
    writeFileSync(new URL("../../../BENCHMARKS.md", import.meta.url), benchmarksText(day, results));
    print("\n  Written to BENCHMARKS.md.\n");
  }
  const failed = [...results].flatMap(([part, result]) => (result instanceof Error ? part : []));
  const missed = [...results.values()]
    .flatMap((result) => (result instanceof Error ? [] : result))
    .filter(({ isMet }) => !isMet).length;
  if (failed.length > 0) print(`\n  Not measured, because of an error: ${failed.join(", ")}.\n`);
  if (missed > 0) print(`\n  ${counted(missed, "limit was", "limits were")} missed.\n`);
  if (failed.length + missed > 0) process.exitCode = exitCode.failed;
}
