import { describeMachine } from "../bench/machine.ts";
import type { Result } from "./run-experiments.ts";

/** A line for the terminal, as soon as an experiment has ended. */
export function resultLine({ experiment, outcome, seen, seconds }: Result): string {
  const words = { held: "held", broken: "BROKEN", "not tried": "not tried" }[outcome];
  const recovered = seen.recoveredMs === undefined ? "" : `recovered after ${timeText(seen.recoveredMs)}; `;
  return `  ${experiment.name.padEnd(26)} ${words.padEnd(9)} ${`${seconds.toFixed(0)} s`.padStart(5)}   ${recovered}${seen.saw}`;
}

/** RELIABILITY.md: what is promised, how it is tried, and what was seen. */
export function reliabilityText(day: string, chapters: [title: string, results: Result[]][]): string {
  const rows = chapters
    .flatMap(([, results]) => results)
    .map(({ experiment, outcome, seen }) => {
      const recovered = seen.recoveredMs === undefined ? "" : timeText(seen.recoveredMs);
      return `| [${experiment.name}](#${experiment.name}) | ${outcome} | ${recovered} |`;
    });
  const parts = chapters.map(
    ([title, results]) => `## ${title}\n\n${results.map(experimentText).join("\n")}`,
  );
  return `# Reliability

\`npm run chaos\` does this harm to the real service, the real PostgreSQL and the real loader while clients use them, and writes this file; it ends with exit code 1
when a promise is broken. \`npm run chaos -- NAME\` makes one experiment alone. In all of them: every acknowledged write is there exactly once afterwards, every refused
one is not there, every answer is one that the OpenAPI document declares, the process lives (or was restarted where it was killed), and the connections are back to what they were.

Tried ${day} on ${describeMachine()}. *Seen to fail* tells what was once taken out of the code to see that the experiment notices.
The time to recover is from the end of the fault to the first write that was begun after it and acknowledged.

| experiment | | recovered after |
|---|---|---|
${rows.join("\n")}

${parts.join("\n")}`;
}

function experimentText({ experiment, outcome, seen }: Result): string {
  const recovered = seen.recoveredMs === undefined ? "" : `, recovered after ${timeText(seen.recoveredMs)}`;
  return `### ${experiment.name}

${experiment.promise}

- *Tried*: ${experiment.trial}
- *Seen*: **${outcome}**${recovered}. ${seen.saw}.
- *Seen to fail*: ${experiment.protection}
`;
}

const timeText = (ms: number) => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);
