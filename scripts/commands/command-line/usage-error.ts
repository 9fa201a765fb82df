import type { CommanderError } from "commander";
import { UsageError } from "../terminal/cli-error.ts";

/**
 * A parser's error as one sentence, with the nearest right option or command where there is one:
 * `error: unknown option '--row'\n(Did you mean --rows?)` becomes `Unknown option '--row': did you mean --rows?`
 */
export function toUsageError({ message }: CommanderError, invocation: string): UsageError {
  const [, what = message, suggestion] =
    /^(?:error: )?(.*?)\.?(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? [];
  const sentence = what.charAt(0).toUpperCase() + what.slice(1).replace(". Expected", ": expected");
  return new UsageError(
    suggestion ? `${sentence}: did you mean ${suggestion}?` : `${sentence}: see ${invocation} --help.`,
  );
}
