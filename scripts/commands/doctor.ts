import { parseArgs } from "node:util";
import { stackSettings, stacks } from "@clan-platform/infra/recording/stack-settings.ts";
import type { Finding } from "./doctor/findings.ts";
import { checkBilling, checkCredentials, checkProject } from "./doctor/google.ts";
import { checkSettings } from "./doctor/stack.ts";
import { checkDocker, checkNode, checkPulumi, checkPulumiLogin } from "./doctor/tools.ts";
import { exitWith, withUsage } from "./terminal/refusal.ts";

const usage = "usage: npm run doctor [-- --stack NAME]   (dev by default)";

try {
  const stack = readArguments();
  const settings = stackSettings(stack);
  const project = settings["gcp:project"];
  const findings = await Promise.all([
    checkNode(),
    checkPulumi(),
    checkPulumiLogin(),
    checkDocker(),
    checkSettings(settings, `Pulumi.${stack}.yaml`),
    checkCredentials(),
    checkProject(project, stack),
    checkBilling(project),
  ]);
  report(stack, findings.flat());
} catch (error) {
  exitWith(error);
}

function readArguments(): string {
  return withUsage(usage, () => {
    const { values } = parseArgs({ options: { stack: { type: "string", default: "dev" } } });
    if (stacks().includes(values.stack)) return values.stack;
    throw new Error(`--stack must be one of ${stacks().join(", ")}, not ${values.stack}`);
  });
}

function report(stack: string, findings: Finding[]): void {
  console.log(`\n  What pulumi up needs for stack ${stack}\n`);
  for (const { about, isGood, found, remedies } of findings) {
    console.log(`  ${isGood ? "ok    " : "FAILED"}  ${about.padEnd(14)}  ${found}`);
    for (const remedy of remedies) console.log(`${" ".repeat(26)}${remedy}`);
  }
  const failed = findings.filter(({ isGood }) => !isGood).length;
  if (failed > 0) process.exitCode = 1;
  const end = failed === 0 ? "All is there: pulumi up" : `${failed} to mend, each with the command below it.`;
  console.log(`\n  ${end}\n`);
}
