import { expect, it } from "vitest";
import { Broken, type Experiment, NotHere } from "./experiment.ts";
import { reliabilityText, resultLine } from "./report.ts";
import { runExperiments } from "./run-experiments.ts";

function experiment(name: string, run: Experiment["run"], kind: Partial<Experiment> = {}): Experiment {
  return {
    name,
    promise: `${name} holds.`,
    trial: `${name} is tried.`,
    protection: "Taken out.",
    ...kind,
    run,
  };
}

it("tells what held, what was broken and what could not be tried, each in its turn", async () => {
  const log: string[] = [];
  const long = Promise.withResolvers<void>();
  const all = [
    experiment("alone", async () => ({ saw: String(log.push("alone")) }), { isAlone: true }),
    experiment("long", () => long.promise.then(() => ({ saw: String(log.push("long")) })), { isLong: true }),
    experiment("broken", () => Promise.reject(new Broken("a write was lost"))),
    experiment("elsewhere", () => Promise.reject(new NotHere("it needs root"))),
    experiment("held", async () => {
      log.push("held");
      long.resolve();
      return { saw: "all is well", recoveredMs: 1_234 };
    }),
  ];
  const seen: string[] = [];
  const results = await runExperiments(all, (result) => seen.push(resultLine(result)));
  // The long one ends beside the others, and nothing runs beside the one that must be alone.
  expect(log).toEqual(["held", "long", "alone"]);
  expect(results.map(({ experiment, outcome }) => [experiment.name, outcome])).toEqual([
    ["alone", "held"],
    ["long", "held"],
    ["broken", "broken"],
    ["elsewhere", "not tried"],
    ["held", "held"],
  ]);
  expect(seen.join("\n")).toMatch(/broken +BROKEN +0 s +a write was lost/);
  expect(seen.join("\n")).toMatch(/held +held +0 s +recovered after 1\.2 s; all is well/);

  const text = reliabilityText("2026-01-02", [["everything", results]]);
  expect(text).toContain("*Seen*: **held**, recovered after 1.2 s. all is well.");
  expect(text).toContain("| [held](#held) | held | 1.2 s |");
  expect(text).toContain("*Seen*: **broken**. a write was lost.");
});
