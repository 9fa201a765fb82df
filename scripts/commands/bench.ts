import { writeFileSync } from "node:fs";
import { type Judged, judge, type Ratio } from "../bench/ratios.ts";
import { benchmarksText, printed } from "../bench/report.ts";
import { exitWith, Refusal } from "./terminal/refusal.ts";

const parts: Record<string, () => Promise<{ run: () => Promise<Ratio[]> }>> = {
  service: () => import("../bench/service.ts"),
  activity: () => import("../bench/activity.ts"),
  pipeline: () => import("../bench/pipeline.ts"),
  warehouse: () => import("../bench/warehouse.ts"),
  dashboard: () => import("../bench/dashboard.ts"),
};

try {
  const chosen = readArguments();
  const results = new Map<string, Judged[]>();
  for (const [part, load] of chosen) {
    console.log(`\n  ${part}\n`);
    const judged = judge(part, await (await load()).run());
    console.log(`\n${printed(judged)}`);
    results.set(part, judged);
  }
  if (results.size === Object.keys(parts).length) {
    const day = new Date().toISOString().slice(0, 10);
    writeFileSync(new URL("../../BENCHMARKS.md", import.meta.url), benchmarksText(day, results));
    console.log("\n  Written to BENCHMARKS.md.\n");
  }
  const missed = [...results.values()].flat().filter(({ isMet }) => !isMet).length;
  if (missed > 0) {
    console.log(`\n  ${missed} ${missed === 1 ? "limit is" : "limits are"} missed.\n`);
    process.exitCode = 1;
  }
} catch (error) {
  exitWith(error);
}

/** The parts that were named; all when none was. */
function readArguments() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !(name in parts));
  if (unknown.length > 0) {
    throw new Refusal(
      `usage: npm run bench [-- PART …]   (parts: ${Object.keys(parts).join(", ")}; all of them write BENCHMARKS.md)`,
    );
  }
  return Object.entries(parts).filter(([name]) => names.length === 0 || names.includes(name));
}
