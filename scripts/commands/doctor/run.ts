import { counted } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { green, red } from "../terminal/color.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { print } from "../terminal/print.ts";
import { paragraph } from "../terminal/wrap.ts";
import type { Finding } from "./findings.ts";
import { checkApis, checkBilling, checkCredentials, checkProject } from "./google.ts";
import { checkSettings } from "./stack.ts";
import { checkDocker, checkNode, checkPackages, checkPulumi, checkPulumiLogin } from "./tools.ts";

export interface DoctorOptions {
  stack: string;
}

export async function run({ stack }: DoctorOptions): Promise<void> {
  const settings = stackSettings(stack);
  const project = settings["gcp:project"];
  const findings = await Promise.all([
    checkNode(),
    checkPackages(),
    checkPulumi(),
    checkPulumiLogin(),
    checkDocker(),
    checkSettings(settings, `Pulumi.${stack}.yaml`),
    checkCredentials(),
    checkProject(project, stack),
    checkBilling(project),
    checkApis(project),
  ]);
  report(stack, findings.flat());
}

function report(stack: string, findings: Finding[]): void {
  print(`\n  What pulumi up needs for stack ${stack}\n`);
  for (const finding of findings) print(findingText(finding));
  const failed = findings.filter(({ isGood }) => !isGood).length;
  if (failed > 0) process.exitCode = exitCode.failed;
  const end =
    failed === 0
      ? "Everything is ready: run pulumi up."
      : `${counted(failed, "problem")}, with the commands that fix them.`;
  print(`\n  ${end}\n`);
}

/** A finding, wrapped to the terminal, and its remedies below it: commands to copy, which are never wrapped. */
function findingText({ about, isGood, found, remedies }: Finding): string {
  const status = isGood ? green("ok    ") : red("FAILED");
  const hanging = " ".repeat(26);
  const first = `  ${status}  ${about.padEnd(14)}  `;
  const lines = remedies.map((remedy) => `${hanging}${printable(remedy)}`);
  return [paragraph(first, printable(found), hanging), ...lines].join("\n");
}
