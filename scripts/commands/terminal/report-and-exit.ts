import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { printableLines } from "@clan-platform/contract/terminal/printable.ts";
import { UsageError } from "./cli-error.ts";
import { exitCode } from "./exit-codes.ts";
import { paragraph } from "./wrap.ts";

/** Prints why a command failed and ends it: one sentence for a user-facing error, the whole error for a defect. */
export function reportAndExit(error: unknown): never {
  console.error(error instanceof UserFacingError ? `\n${messageText(error)}\n` : error);
  process.exit(error instanceof UsageError ? exitCode.wrongUse : exitCode.failed);
}

function messageText({ message }: UserFacingError): string {
  const text = printableLines(message);
  return text.includes("\n") ? `  ${text}` : paragraph("  ", text);
}
