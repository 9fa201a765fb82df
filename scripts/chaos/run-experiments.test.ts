import { expect, it } from "vitest";
import { type Experiment, ExperimentFailed, Unsupported } from "./experiment.ts";
import { reliabilityText, resultLine } from "./report.ts";
import { runExperiments } from "./run-experiments.ts";

function experiment(name: string, run: Experiment["run"], kind: Partial<Experiment> = {}): Experiment {
  return {
    name,
    guarantee: `${name} holds.`,
    method: `${name} is broken.`,
    mutation: "Without it, the experiment failed.",
    ...kind,
    run,
  };
}

it("reports held, failed and skipped experiments, and runs each in its turn", async () => {
  const log: string[] = [];
  const long = Promise.withResolvers<void>();
  const all = [
    experiment("alone", async () => ({ summary: String(log.push("alone")) }), { isExclusive: true }),
    experiment("long", () => long.promise.then(() => ({ summary: String(log.push("long")) })), {
      isLong: true,
    }),
    experiment("failed", () => Promise.reject(new ExperimentFailed("a write was lost"))),
    experiment("elsewhere", () => Promise.reject(new Unsupported("it needs root"))),
    experiment("held", async () => {
      log.push("held");
      long.resolve();
      return { summary: "all is well", recoveredMs: 1_234 };
    }),
  ];
  const observed: string[] = [];
  const results = await runExperiments(all, (result) => observed.push(resultLine(result)));
  // The long one ends while another runs, and nothing runs at the same time as the exclusive one.
  expect(log).toEqual(["held", "long", "alone"]);
  expect(results.map(({ experiment, outcome }) => [experiment.name, outcome])).toEqual([
    ["alone", "held"],
    ["long", "held"],
    ["failed", "failed"],
    ["elsewhere", "skipped"],
    ["held", "held"],
  ]);
  const printed = observed.join("\n");
  expect(printed).toMatch(/failed +FAILED +0 s +a write was lost/);
  expect(printed).toMatch(/held +held +0 s +recovered after 1\.2 s; all is\n {6}well/);
  for (const line of printed.split("\n")) expect(line.length).toBeLessThanOrEqual(80);

  const text = reliabilityText("2026-01-02", [["everything", results]]);
  expect(text).toContain("*Result*: **held**, recovered after 1.2 s. All is well.");
  expect(text).toContain("| [held](#held) | held | 1.2 s |");
  expect(text).toContain("*Result*: **failed**. A write was lost.");
});
