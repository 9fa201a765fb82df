import type { Command } from "commander";
import { UsageError } from "../terminal/cli-error.ts";

/**
 * Refuses values that nobody means: an empty one, which a shell makes of an unset variable, an option that follows
 * one whose value is missing, as in `--out --rows 5`, and a path with a `~` that the shell has left as it is, as in `--out=~/parts`.
 * @throws {UsageError}
 */
export function refuseMistakenValues(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName();
    const value: unknown = command.getOptionValue(name);
    if (typeof value !== "string" || command.getOptionValueSource(name) !== "cli") continue;
    if (isBlank(value))
      throw new UsageError(`--${option.name()} is empty: give it a value, or leave it out.`);
    if (isPath(option.flags)) refuseTilde(`--${option.name()}`, value);
    if (isOption(command, value)) throw new UsageError(`--${option.name()} needs a value before ${value}.`);
  }
  if (command.args.some(isBlank)) {
    throw new UsageError("An argument is empty: give it a value, or leave it out.");
  }
  // Every command with arguments of any text takes paths.
  for (const value of command.args) refuseTilde(command.name(), value);
}

/** Whether a path begins with the home folder of a shell's notation, which only a shell knows. */
export const startsWithTilde = (path: string): boolean => /^~(?:\/|$)/.test(path);

const isPath = (flags: string) => /<(?:folder|file|path)>/.test(flags);

/** A folder with the name `~` would be made, and be deleted by `rm -r ~`, with the home of the user. */
function refuseTilde(what: string, path: string): void {
  if (!startsWithTilde(path)) return;
  throw new UsageError(
    `${what} has ${path}, which your shell did not expand: write $HOME${path.slice(1)} instead.`,
  );
}

const isBlank = (text: string) => text.trim() === "";

const isOption = ({ options }: Command, text: string) =>
  ["--help", "-h", ...options.map(({ long }) => long)].includes(text);

const dashes = /^[-\p{Pd}\u2212]{1,3}(?=[a-z])/u;

/**
 * Refuses an option whose `--` a word processor, a chat or a web page has made a long dash of, as in `—yes`: it looks right, and would
 * be taken for a path or a surplus argument.
 * @throws {UsageError} with the option as it is meant
 */
export function refuseTypographicDashes(command: Command, args: string[]): void {
  const known = ["--help", ...command.options.map(({ long }) => long)];
  const end = args.indexOf("--");
  for (const arg of end < 0 ? args : args.slice(0, end)) {
    const [typed = ""] = dashes.exec(arg) ?? [];
    const meant = `--${arg.slice(typed.length)}`;
    if (/^-*$/.test(typed) || !known.includes(meant.split("=")[0] ?? "")) continue;
    throw new UsageError(`${arg} starts with a dash instead of two hyphens: write ${meant}.`);
  }
}

/** The text with every kind of dash as a hyphen. */
export const withHyphens = (text: string): string => text.replace(/[\p{Pd}\u2212]/gu, "-");
