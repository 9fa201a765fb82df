import { CommanderError } from "commander";
import { closest, distance } from "fastest-levenshtein";
import { UsageError } from "../terminal/cli-error.ts";

/**
 * A parser's error as one sentence, with the nearest right option or command where there is one:
 * `error: unknown option '--row'\n(Did you mean --rows?)` becomes `Unknown option '--row': did you mean --rows?`
 */
export function toUsageError({ message, code }: CommanderError, invocation: string): UsageError {
  const [, what = message, suggestion] =
    /^(?:error: )?(.*?)\.?(?:\n\(Did you mean (.*)\?\))?$/s.exec(message) ?? [];
  if (suggestion) return new UsageError(`${capitalized(what)}: did you mean ${suggestion}?`);
  const sentence = code === "commander.excessArguments" ? surplusText(what) : capitalized(what);
  return new UsageError(`${sentence}: see ${invocation} --help.`);
}

/** Like the parser's own error of an unknown command, for one of many choices. */
export function unknownChoice(name: string, text: string, choices: readonly string[]): CommanderError {
  const lower = text.toLowerCase();
  const nearest = closest(lower, choices);
  // With more different letters than this, any choice would be as near.
  const isNear = distance(lower, nearest) <= text.length / 3;
  const suggestion = isNear ? `\n(Did you mean ${nearest}?)` : "";
  return new CommanderError(1, "clan.unknownChoice", `unknown ${name} '${text}'${suggestion}`);
}

/** `too many arguments for 'sync'. Expected 0 arguments but got 1: x` as `sync takes no arguments, not x`. */
const surplusText = (text: string) =>
  text
    .replace(/^too many arguments for '(.*?)'\. Expected (.*?) but got \d+: /, "$1 takes $2, not ")
    .replace(" 0 ", " no ");

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
