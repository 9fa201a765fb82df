import type { Command } from "commander";
import { UsageError } from "../terminal/cli-error.ts";

/**
 * Refuses values that nobody means: an empty one, which a shell makes of an unset variable, and an option that follows
 * one whose value is missing, as in `--out --rows 5`.
 * @throws {UsageError}
 */
export function refuseMistakenValues(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (typeof value !== "string" || command.getOptionValueSource(name) !== "cli") continue;
    if (isBlank(value))
      throw new UsageError(`--${option.name()} is empty: give it a value, or leave it out.`);
    if (isOption(command, value)) throw new UsageError(`--${option.name()} needs a value before ${value}.`);
  }
  if (command.args.some(isBlank)) {
    throw new UsageError("An argument is empty: give it a value, or leave it out.");
  }
}

const isBlank = (text: string) => text.trim() === "";

const isOption = ({ options }: Command, text: string) =>
  ["--help", "-h", ...options.map(({ long }) => long)].includes(text);
