import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import type { Command, Option } from "commander";
import { UsageError } from "../terminal/cli-error.ts";
import { invocation } from "./invocation.ts";

/** An option that npm took as its own setting; without a value for a flag, and where npm lost it. */
interface Swallowed {
  option: Option;
  value: string | undefined;
}

/**
 * Refuses to run when npm took an option of the command as a setting of its own, because `--` was forgotten: as
 * `npm run backfill --yes`, of which the command sees nothing but the variable `npm_config_yes`.
 * @throws {UsageError} with the right line
 */
export function refuseSwallowedOptions(command: Command, args: string[], env: NodeJS.ProcessEnv): void {
  const script = env.npm_lifecycle_event;
  const isRunByNpm = script === command.name() || script === "clan";
  if (!isRunByNpm) return;
  const swallowed = findSwallowed(command, args, env);
  if (swallowed.length === 0) return;
  const names = swallowed.map(({ option }) => `--${option.name()}`).join(", ");
  const line = rightLine(command, args, swallowed, script);
  throw new UsageError(
    `npm took ${names} for itself, as -- is missing${npmrcHint(swallowed, env)}; nothing was done. Run:\n  ${line}`,
  );
}

function findSwallowed(command: Command, args: string[], env: NodeJS.ProcessEnv): Swallowed[] {
  return command.options.flatMap((option): Swallowed[] => {
    const name = option.name();
    const isOurs = args.some((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
    // npm takes `--no-refresh` for its setting `refresh`, switched off.
    if (option.negate) {
      const isOff = env[`npm_config_${option.attributeName()}`] === "";
      return isOff && !isOurs ? [{ option, value: undefined }] : [];
    }
    const setting = settingOf(name, env);
    if (isOurs || setting === undefined) return [];
    const takesValue = option.required || option.optional;
    // `--no-yes`, or `yes=false` in .npmrc, asks for what a flag is anyway.
    if (!takesValue) return setting === "" ? [] : [{ option, value: undefined }];
    return [{ option, value: setting === "true" || setting === "" ? undefined : setting }];
  });
}

/** npm's setting of an option's name. npm 11 completes `--to` to its own `--token-description`, and reads `--day` as -d -a -y, and `--days` as that and -s. */
function settingOf(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const setting = env[`npm_config_${name.replaceAll("-", "_")}`];
  if (setting !== undefined) return setting;
  if (name === "to") return env.npm_config_token_description;
  const isLetters = env.npm_config_all === "true" && env.npm_config_loglevel === logLevels[name];
  return isLetters ? "true" : undefined;
}

/** What `--day` and `--days` set npm's log level to. */
const logLevels: Record<string, string> = { day: "info", days: "silent" };

/** The line that the user meant. npm hands on a value that stood apart as an argument: as far as it is clear, it is put back. */
function rightLine(command: Command, args: string[], swallowed: Swallowed[], script: string): string {
  const rest = [...args];
  const options = swallowed.map(({ option, value }) => {
    const takesValue = option.required || option.optional;
    const text = value ?? (takesValue ? (takeValue(option, rest, command) ?? metavar(option)) : undefined);
    return { name: `--${option.name()}`, text, isKnown: !takesValue || text !== metavar(option) };
  });
  const isClear = options.every(({ isKnown }) => isKnown);
  const own = isClear ? rest : command.registeredArguments.map((argument) => argument.name().toUpperCase());
  const words = [
    ...own,
    ...options.flatMap(({ name, text }) => (text === undefined ? [name] : [name, text])),
  ];
  return [invocation(command.name(), script), ...words.map(quoted)].join(" ");
}

/** Takes the only argument that can be the value of an option; undefined when none or several can. */
function takeValue(option: Option, args: string[], command: Command): string | undefined {
  const isTaken = (text: string) => {
    try {
      option.parseArg?.(text, undefined);
      return true;
    } catch {
      return false;
    }
  };
  const candidates = args.filter((arg) => !arg.startsWith("-") && isTaken(arg));
  const [only] = candidates;
  const mayBeArgument = command.registeredArguments.length > 0 && !option.parseArg;
  if (only === undefined || candidates.length > 1 || mayBeArgument) return undefined;
  args.splice(args.indexOf(only), 1);
  return only;
}

const metavar = ({ flags }: Option) => (/<(.*)>/.exec(flags)?.[1] ?? "value").toUpperCase();

const quoted = (word: string) =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${printable(word).replaceAll("'", "'\\''")}'`;

/** Names the .npmrc that sets one of the options, which has the same effect. */
function npmrcHint(swallowed: Swallowed[], env: NodeJS.ProcessEnv): string {
  const files = [
    join(env.npm_config_local_prefix ?? ".", ".npmrc"),
    env.npm_config_userconfig,
    env.npm_config_globalconfig,
  ];
  for (const file of files) {
    const text = file === undefined ? "" : readIfThere(file);
    const set = swallowed.find(({ option, value = "true" }) => {
      const [, there] = new RegExp(`^\\s*${option.name()}\\s*=\\s*(.*?)\\s*$`, "m").exec(text) ?? [];
      return there === value;
    });
    if (set) return `, or because ${file} sets ${set.option.name()}`;
  }
  return "";
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
