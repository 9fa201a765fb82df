import { parseArgs } from "node:util";
import { ConfigError } from "@clan-platform/infra/config.ts";
import { type Recording, record } from "@clan-platform/infra/recording/record.ts";
import { stackSettings, stacks } from "@clan-platform/infra/recording/stack-settings.ts";
import { assumptions, monthlyCost, pricesOf } from "./plan/cost.ts";
import { diagram } from "./plan/diagram.ts";
import { grantsOf } from "./plan/grants.ts";
import { writeDiagram } from "./plan/readme.ts";
import { resourceTree } from "./plan/resource-tree.ts";
import { exitWith, Refusal, withUsage } from "./terminal/refusal.ts";
import { amountText, tableText } from "./terminal/table-text.ts";

const usage =
  "usage: npm run plan [-- --stack NAME --project ID]   (all stacks by default; needs no account)";

try {
  const { chosen, project } = readArguments();
  for (const stack of chosen) {
    const settings = stackSettings(stack);
    settings["gcp:project"] = project ?? settings["gcp:project"] ?? "my-project";
    print(stack, settings, await run(stack, settings));
  }
  const shown = await run("prod", stackSettings("prod", { "gcp:project": "my-project" }));
  if (writeDiagram(new URL("../../infra/README.md", import.meta.url), diagram(shown.resources))) {
    console.log("  The diagram in infra/README.md was brought up to date.\n");
  }
} catch (error) {
  exitWith(error);
}

function readArguments(): { chosen: string[]; project: string | undefined } {
  return withUsage(usage, () => {
    const { values } = parseArgs({ options: { stack: { type: "string" }, project: { type: "string" } } });
    const known = stacks();
    if (values.stack && !known.includes(values.stack)) {
      throw new Error(`--stack must be one of ${known.join(", ")}, not ${values.stack}`);
    }
    return { chosen: values.stack ? [values.stack] : known, project: values.project };
  });
}

async function run(stack: string, settings: Record<string, string>): Promise<Recording> {
  try {
    return await record(stack, settings);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Refusal(`Pulumi.${stack}.yaml can't be planned:\n  ${error.message.replaceAll("\n", "\n  ")}`);
  }
}

function print(stack: string, settings: Record<string, string>, { resources }: Recording): void {
  console.log(`\n  Stack ${stack}: project ${settings["gcp:project"]}, region ${settings["gcp:region"]}\n`);
  console.log(resourceTree(resources));
  console.log("\n  Who may do what\n");
  const grants = grantsOf(resources).map(({ identity, role, on }) => [identity, role, on]);
  console.log(tableText([["identity", "role", "on"], ...grants.sort(byText)], 3));
  console.log(
    `\n  About what it costs a month, in USD (list prices of us-central1, ${pricesOf}; Europe up to 10 % more)\n`,
  );
  const costs = monthlyCost(resources);
  const total = costs.reduce((sum, { usd }) => sum + usd, 0);
  const lines = costs.map(({ what, how, usd }) => [what, how, amountText(usd, 2)]);
  console.log(tableText([...lines, ["together", "", amountText(total, 2)]], 2));
  console.log(
    `\n  Supposed: ${assumptions.requestsMillions} million requests a month; network traffic, logs and taxes are not counted.\n`,
  );
}

function byText(one: string[], other: string[]): number {
  return one.join("\t").localeCompare(other.join("\t"));
}
