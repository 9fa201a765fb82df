import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { ConfigError } from "@clan-platform/infra/config.ts";
import { type Recording, record } from "@clan-platform/infra/recording/record.ts";
import { stackSettings, stacks } from "@clan-platform/infra/recording/stack-settings.ts";
import { CliError } from "../terminal/cli-error.ts";
import { tableText } from "../terminal/table.ts";
import { paragraph } from "../terminal/wrap.ts";
import { assumptions, monthlyCost, pricesOf } from "./cost.ts";
import { diagram } from "./diagram.ts";
import { type Grant, grantsOf } from "./grants.ts";
import { writeDiagram } from "./readme.ts";
import { resourceTree } from "./resource-tree.ts";

export interface PlanOptions {
  stack?: string;
  project?: string;
}

export async function run({ stack, project }: PlanOptions): Promise<void> {
  for (const chosen of stack ? [stack] : stacks()) {
    const settings = stackSettings(chosen);
    settings["gcp:project"] = project ?? settings["gcp:project"] ?? "my-project";
    print(chosen, settings, await recordStack(chosen, settings));
  }
  const prod = await recordStack("prod", stackSettings("prod", { "gcp:project": "my-project" }));
  if (writeDiagram(new URL("../../../infra/README.md", import.meta.url), diagram(prod.resources))) {
    console.log("  Updated the diagram in infra/README.md.\n");
  }
}

async function recordStack(stack: string, settings: Record<string, string>): Promise<Recording> {
  try {
    return await record(stack, settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new CliError(`Pulumi.${stack}.yaml can't be planned:\n  ${error.message.replaceAll("\n", "\n  ")}`);
  }
}

function print(stack: string, settings: Record<string, string>, { resources }: Recording): void {
  console.log(`\n  Stack ${stack}: project ${settings["gcp:project"]}, region ${settings["gcp:region"]}\n`);
  console.log(wrapTree(resourceTree(resources)));
  console.log("\n  Who may do what\n");
  console.log(grantsText(grantsOf(resources)));
  const prices = `list prices of us-central1, ${pricesOf}; Europe up to 10 % more`;
  console.log(`\n${paragraph("  ", `Estimated cost per month, in USD (${prices})`)}\n`);
  const costs = monthlyCost(resources);
  const total = costs.reduce((sum, { usd }) => sum + usd, 0);
  const lines = costs.map(({ what, how, usd }) => [what, how, amountText(usd, 2)]);
  console.log(tableText([...lines, ["total", "", amountText(total, 2)]], { from: 2 }));
  const traffic = `Assumes ${assumptions.requestsMillions} million requests a month; network traffic, logs and taxes are not included.`;
  console.log(`\n${paragraph("  ", traffic)}\n`);
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
