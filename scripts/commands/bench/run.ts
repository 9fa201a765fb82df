import { writeFileSync } from "node:fs";
import { counted } from "@clan-platform/contract/terminal/amounts.ts";
import { type Judged, judge } from "../../bench/ratios.ts";
import { benchmarksText, printed } from "../../bench/report.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";
import { parts } from "./parts.ts";

/** Measures the named parts; all when none is named. */
export async function run(names: string[]): Promise<void> {
  const results = new Map<string, Judged[]>();
  for (const [part, load] of Object.entries(parts)) {
    if (names.length > 0 && !names.includes(part)) continue;
    print(`\n  ${part}\n`);
    const judged = judge(part, await (await load()).run());
    print(`\n${printed(judged)}`);
    results.set(part, judged);
  }
  if (results.size === Object.keys(parts).length) {
    const day = new Date().toISOString().slice(0, 10);
    writeFileSync(new URL("../../../BENCHMARKS.md", import.meta.url), benchmarksText(day, results));
    print("\n  Written to BENCHMARKS.md.\n");
  }
  const missed = [...results.values()].flat().filter(({ isMet }) => !isMet).length;
  if (missed > 0) {
    print(`\n  ${counted(missed, "limit was", "limits were")} missed.\n`);
    process.exitCode = exitCode.failed;
  }
}
