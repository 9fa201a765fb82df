import { writeFileSync } from "node:fs";
import { experiments } from "../chaos/experiments.ts";
import { reliabilityText, resultLine } from "../chaos/report.ts";
import { type Result, runExperiments } from "../chaos/run-experiments.ts";
import { exitWith, Refusal } from "./terminal/refusal.ts";

const all = Object.values(experiments).flat();

try {
  const chosen = readArguments();
  console.log();
  const results = await runExperiments(chosen, (result) => console.log(resultLine(result)));
  if (chosen.length === all.length) {
    const byExperiment = new Map(results.map((result) => [result.experiment, result]));
    const chapters = Object.entries(experiments).map(([title, list]): [string, Result[]] => [
      title,
      list.flatMap((experiment) => byExperiment.get(experiment) ?? []),
    ]);
    const day = new Date().toISOString().slice(0, 10);
    writeFileSync(new URL("../../RELIABILITY.md", import.meta.url), reliabilityText(day, chapters));
    console.log("\n  Written to RELIABILITY.md.");
  }
  const count = (outcome: Result["outcome"]) => results.filter((result) => result.outcome === outcome).length;
  console.log(`\n  ${count("held")} held, ${count("failed")} failed, ${count("skipped")} skipped\n`);
  // What hangs on to the process, such as a connection that is kept, is nobody's any more.
  process.exit(count("failed") > 0 ? 1 : 0);
} catch (error) {
  exitWith(error);
}

/** The experiments that were named; all when none was. */
function readArguments() {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => !all.some((experiment) => experiment.name === name));
  if (unknown.length > 0) {
    throw new Refusal(
      `There is no experiment ${unknown.join(", ")}: npm run chaos [-- NAME …], of ${all.map(({ name }) => name).join(", ")}; ` +
        "all of them write RELIABILITY.md.",
    );
  }
  return all.filter(({ name }) => names.length === 0 || names.includes(name));
}
