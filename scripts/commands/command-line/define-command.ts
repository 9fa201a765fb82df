import { type Argument, Command, type Option } from "commander";
import { exitWhenInterrupted } from "../terminal/interruption.ts";
import { fitted, terminalWidth } from "../terminal/wrap.ts";
import { refuseMistakenValues } from "./check-values.ts";
import { invocation } from "./invocation.ts";

export interface CommandDescription {
  name: string;
  /** What the command does, in one sentence. */
  summary: string;
  /** The arguments and options of a typical call. */
  example: string;
  /** What else it exits with 1 for, such as "a check did". */
  orFails?: string;
  /** Exits with 2 when it is done and rows were rejected. */
  mayRejectRows?: boolean;
  /** Runs until Ctrl-C, then stops by itself and exits with 0. */
  isServer?: boolean;
  /** Handles Ctrl-C by itself, because what it has to do before it ends takes long. */
  cleansUp?: boolean;
}

/** A command of the command line, without its arguments, options and action. It must not import anything heavy. */
export function defineCommand(description: CommandDescription): Command {
  const { name, summary, isServer = false, cleansUp = false } = description;
  const command = new Command(name)
    .description(summary)
    .helpOption("-h, --help", "print this help")
    .addHelpText("after", () => fitted(footer(description)))
    .hook("preAction", (_, called) => refuseMistakenValues(called));
  if (!isServer && !cleansUp) command.hook("preAction", exitWhenInterrupted);
  return configure(command);
}

/** What all commands have in common: errors are thrown, and the usage is the line that a user types. */
export function configure(command: Command): Command {
  return command
    .exitOverride()
    .configureOutput({
      outputError: () => {},
      getOutHelpWidth: terminalWidth,
      getErrHelpWidth: terminalWidth,
    })
    .configureHelp({
      minWidthToWrap: 20,
      commandUsage,
      optionDescription: describeOption,
      argumentDescription: describeArgument,
    });
}

/** `npm run load-raw -- [options] <paths...>` */
function commandUsage(this: void, command: Command): string {
  return `${invocation(command.name())} ${command.usage()}`;
}

/** An option's meaning, choices and default. */
export function describeOption(this: void, option: Option): string {
  const defaultValue = option.isBoolean() ? undefined : option.defaultValue;
  return describe(option, defaultValue, option.envVar ? [`or ${option.envVar} in the environment`] : []);
}

/** An argument's meaning, choices and default. */
export function describeArgument(this: void, argument: Argument): string {
  return describe(argument, argument.defaultValue, []);
}

function describe(
  { description, argChoices, defaultValueDescription }: Option | Argument,
  defaultValue: unknown,
  more: string[],
): string {
  const text = defaultValueDescription ?? (defaultValue === undefined ? undefined : String(defaultValue));
  const extra = [
    ...(argChoices ? [`choices: ${argChoices.join(", ")}`] : []),
    ...(text === undefined ? [] : [`default: ${text}`]),
    ...more,
  ];
  return extra.length > 0 ? `${description} (${extra.join("; ")})` : description;
}

function footer({ name, example, orFails, mayRejectRows, isServer }: CommandDescription): string {
  const codes = [
    isServer ? "0 stopped" : "0 done",
    orFails ? `1 failed, or ${orFails}` : "1 failed",
    ...(mayRejectRows ? ["2 done but rows were rejected"] : []),
    "64 wrong use",
    ...(isServer ? [] : ["130 interrupted"]),
  ];
  return `\nExample:\n  ${invocation(name)} ${example}\n\nExit codes:\n  ${codes.join("; ")}`;
}
