import { writeFileSync } from "node:fs";
import { experiments } from "../../chaos/experiments.ts";
import { reliabilityText, resultLine } from "../../chaos/report.ts";
import { type Result, runExperiments } from "../../chaos/run-experiments.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";

const all = Object.values(experiments).flat();

/** Runs the named experiments; all when none is named. */
export async function run(names: string[]): Promise<void> {
  const chosen = all.filter(({ name }) => names.length === 0 || names.includes(name));
  print();
  const results = await runExperiments(chosen, (result) => print(resultLine(result)));
  if (chosen.length === all.length) writeReport(results);
  const count = (outcome: Result["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  print(`\n  ${count("held")} held, ${count("failed")} failed, ${count("skipped")} skipped\n`);
  // Ends connections that an experiment left open, too.
  process.exit(count("failed") > 0 ? exitCode.failed : exitCode.done);
}

function writeReport(results: Result[]): void {
  const byExperiment = new Map(results.map((result) => [result.experiment, result]));
  const chapters = Object.entries(experiments).map(([title, list]): [string, Result[]] => [
    title,
    list.flatMap((experiment) => byExperiment.get(experiment) ?? []),
  ]);
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(new URL("../../../RELIABILITY.md", import.meta.url), reliabilityText(day, chapters));
  print("\n  Written to RELIABILITY.md.");
}
