import { describeMachine } from "../bench/machine.ts";
import { paragraph } from "../commands/terminal/wrap.ts";
import type { Result } from "./run-experiments.ts";

/** A line for the terminal, printed when an experiment has ended. */
export function resultLine({ experiment, outcome, observation, seconds }: Result): string {
  const word = outcome === "failed" ? "FAILED" : outcome;
  const { recoveredMs, summary } = observation;
  const recovered = recoveredMs === undefined ? "" : `recovered after ${duration(recoveredMs)}; `;
  const first = `  ${experiment.name.padEnd(26)} ${word.padEnd(9)} ${`${seconds.toFixed(0)} s`.padStart(5)}   `;
  return paragraph(first, `${recovered}${summary}`, " ".repeat(6));
}

/** RELIABILITY.md: the guarantees, how they are tested, and the results. */
export function reliabilityText(day: string, chapters: [title: string, results: Result[]][]): string {
  const rows = chapters
    .flatMap(([, results]) => results)
    .map(({ experiment, outcome, observation: { recoveredMs } }) => {
      const recovered = recoveredMs === undefined ? "" : duration(recoveredMs);
      return `| [${experiment.name}](#${experiment.name}) | ${outcome} | ${recovered} |`;
    });
  const parts = chapters.map(
    ([title, results]) => `## ${title}\n\n${results.map(experimentText).join("\n")}`,
  );
  return `# Reliability

\`npm run chaos\` injects these faults into the real service, the real PostgreSQL and the real loader under load, and writes this file; it ends with exit code 1
when a guarantee does not hold. \`npm run chaos -- NAME\` runs one experiment. After each of them, every acknowledged write is stored exactly once, no rejected
write is stored, every response is one that the OpenAPI document declares, the process is running (or was restarted where it was killed), and the connections are back to normal.

Run on ${day} on ${describeMachine()}. *Mutation* is a change of the code that made the experiment fail, which shows that it detects the fault.
The recovery time is from the end of the fault to the first acknowledged write that started after it.

| experiment | result | recovery time |
|---|---|---|
${rows.join("\n")}

${parts.join("\n")}`;
}

function experimentText({ experiment, outcome, observation: { recoveredMs, summary } }: Result): string {
  const recovered = recoveredMs === undefined ? "" : `, recovered after ${duration(recoveredMs)}`;
  return `### ${experiment.name}

${experiment.guarantee}

- *Method*: ${experiment.method}
- *Result*: **${outcome}**${recovered}. ${sentence(summary)}.
- *Mutation*: ${experiment.mutation}
`;
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const duration = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
