import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { ConfigError } from "@clan-platform/infra/config.ts";
import { alertTable } from "@clan-platform/infra/monitoring/alert-table.ts";
import { type Recording, record } from "@clan-platform/infra/recording/record.ts";
import { stacks } from "@clan-platform/infra/recording/stack-files.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { CliError } from "../terminal/cli-error.ts";
import { print } from "../terminal/print.ts";
import { tableText } from "../terminal/table.ts";
import { paragraph } from "../terminal/wrap.ts";
import { assumptions, monthlyCost, pricesOf } from "./cost.ts";
import { diagram } from "./diagram.ts";
import { writeTable } from "./generated-table.ts";
import { type Grant, grantsOf } from "./grants.ts";
import { writeDiagram } from "./readme.ts";
import { resourceTree } from "./resource-tree.ts";
import { demandOf, tierFor } from "./scale/model.ts";
import { scaleCost } from "./scale/monthly-cost.ts";
import { scaleReport, scaleTables, volumeReport } from "./scale/report.ts";
import { scheduledQueriesOf } from "./scheduled-queries.ts";

const scale = new URL("../../../docs/scale.md", import.meta.url);
const operate = new URL("../../../docs/operate.md", import.meta.url);

export interface PlanOptions {
  stack?: string;
  project?: string;
  /** Daily active users. */
  dau?: number;
}

export async function run({ stack, project, dau }: PlanOptions): Promise<void> {
  if (dau !== undefined) {
    printScale(dau);
    return;
  }
  const plans: [string, Record<string, string>, Recording][] = [];
  for (const chosen of stack ? [stack] : stacks()) {
    const settings = stackSettings(chosen);
    settings["gcp:project"] = project ?? settings["gcp:project"] ?? "my-project";
    plans.push([chosen, settings, await recordStack(chosen, settings)]);
  }
  const prod = await recordStack("prod", stackSettings("prod", { "gcp:project": "my-project" }));
  // Printed once all is recorded: a pipe that closes meanwhile would end Pulumi's program, which complains at length.
  for (const plan of plans) printStack(...plan);
  if (writeDiagram(new URL("../../../infra/README.md", import.meta.url), diagram(prod.resources))) {
    print("  Updated the diagram in infra/README.md.\n");
  }
  if (writeTable(operate, alertTable(scheduledQueriesOf(prod.resources)))) {
    print("  Updated the table of alerts in docs/operate.md.\n");
  }
  if (writeTable(scale, scaleTables())) print("  Updated the tables in docs/scale.md.\n");
}

function printScale(dau: number): void {
  print(`\n  ${amountText(dau)} daily active users\n`);
  print(tableText(scaleReport(dau), { from: 2 }));
  const demand = demandOf(dau);
  print(
    `\n${paragraph("  ", `Cost per month in USD (list prices of us-central1, ${pricesOf}; two zones)`)}\n`,
  );
  const lines = scaleCost(demand, tierFor(demand)).map(({ what, how, usd }) => [what, how, amountText(usd)]);
  print(tableText(lines, { from: 2 }));
  print(`\n${paragraph("  ", "A day adds to each table of the warehouse, in BigQuery's logical bytes")}\n`);
  print(tableText([["table", "rows", "bytes"], ...volumeReport(dau)], { from: 1 }));
  const basis =
    "Rates are those of BENCHMARKS.md; how players behave is assumed (scripts/commands/plan/scale/constants.ts). What to change at each step: docs/scale.md.";
  print(`\n${paragraph("  ", basis)}\n`);
}

async function recordStack(stack: string, settings: Record<string, string>): Promise<Recording> {
  try {
    return await record(stack, settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(`Pulumi.${stack}.yaml can't be planned:\n  ${error.message.replaceAll("\n", "\n  ")}`);
  }
}

function printStack(stack: string, settings: Record<string, string>, { resources }: Recording): void {
  print(`\n  Stack ${stack}: project ${settings["gcp:project"]}, region ${settings["gcp:region"]}\n`);
  print(wrapTree(resourceTree(resources)));
  print("\n  Who may do what\n");
  print(grantsText(grantsOf(resources)));
  const prices = `list prices of us-central1, ${pricesOf}; Europe up to 10 % more`;
  print(`\n${paragraph("  ", `Estimated cost per month, in USD (${prices})`)}\n`);
  const costs = monthlyCost(resources);
  const total = costs.reduce((sum, { usd }) => sum + usd, 0);
  const lines = costs.map(({ what, how, usd }) => [what, how, amountText(usd, 2)]);
  print(tableText([...lines, ["total", "", amountText(total, 2)]], { from: 2 }));
  const traffic = `Assumes ${assumptions.requestsMillions} million requests a month; network traffic, logs and taxes are not included.`;
  print(`\n${paragraph("  ", traffic)}\n`);
}

/** Wraps the long lines of a tree between words, below their branch. */
function wrapTree(tree: string): string {
  const lines = tree.split("\n").map((line) => {
    const [branch = "", text = ""] = /^([ │├└─]*)(.*)$/.exec(line)?.slice(1) ?? [];
    const below = branch.replaceAll("├", "│").replaceAll(/[└─]/g, " ");
    return paragraph(branch, text, `${below}  `);
  });
  return lines.join("\n");
}

/** The identities, each with its roles and what they are on below it: all three in a line don't fit 80 columns. */
function grantsText(grants: Grant[]): string {
  const sorted = grants.toSorted((a, b) => textOf(a).localeCompare(textOf(b), "en"));
  const roleWidth = Math.max(...grants.map(({ role }) => role.length));
  return [...Map.groupBy(sorted, ({ identity }) => identity)]
    .flatMap(([identity, own]) => [
      `  ${identity}`,
      ...own.map(({ role, on }) => `    ${role.padEnd(roleWidth)}   ${on}`),
    ])
    .join("\n");
}

const textOf = ({ identity, role, on }: Grant) => [identity, role, on].join("\t");
