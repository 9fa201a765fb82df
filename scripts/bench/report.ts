import { green, red } from "../commands/terminal/color.ts";
import { tableText } from "../commands/terminal/table.ts";
import { describeMachine } from "./machine.ts";
import { type Judged, limitText, type PartResult, ratioText, verdictOf } from "./ratios.ts";

const head = ["", "measured", "baseline", "ratio", "limit", ""];

/** The ratios of a part as a table for the terminal. */
export const printed = (judged: Judged[]) =>
  tableText([head, ...judged.map((line) => [...cells(line).slice(0, -1), verdict(line)])], {
    // Figures with their spread are wrapped, or nothing would fit.
    from: 3,
    to: head.length - 1,
  });

/** BENCHMARKS.md: when and on which machine it was measured, and the ratios of every part. */
export function benchmarksText(day: string, parts: Map<string, PartResult>): string {
  const tables = [...parts].map(([part, result]) => `## ${part}\n\n${tableOf(result)}\n`);
  return `# Benchmarks

\`npm run bench\` writes this file, and ends with exit code 1 while a limit is missed. Each line compares two figures of one run on one machine; only their ratio has a limit
(${"`scripts/bench/limits.ts`"}), because the figures themselves depend on the machine. Where a limit is not yet what it should be, the goal is
named as well.

Measured ${day} on ${describeMachine()}.

${tables.join("\n")}`;
}

function tableOf(result: PartResult): string {
  if (result instanceof Error) return `Not measured: ${result.message}`;
  return [head, head.map(() => "---"), ...result.map(cells)]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

const verdict = (judged: Judged) => (judged.isMet ? green : red)(verdictOf(judged));

const cells = (judged: Judged) => [
  judged.what,
  judged.ours,
  judged.against,
  ratioText(judged),
  limitText(judged.limit),
  verdictOf(judged),
];
