import { Command, CommanderError } from "commander";
import { ignoreClosedOutput } from "../terminal/closed-output.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { fitted } from "../terminal/wrap.ts";
import { refuseTypographicDashes } from "./check-values.ts";
import { commands, loadAllCommands } from "./commands.ts";
import { configure } from "./define-command.ts";
import { invocation } from "./invocation.ts";
import { refuseSwallowedOptions } from "./npm-options.ts";
import { toUsageError } from "./usage-error.ts";

/**
 * Runs the command that the first argument names, and loads no other one.
 * @throws {UsageError} for wrong options and arguments, and what the command throws
 */
export async function runCommandLine(given: string[]): Promise<void> {
  ignoreClosedOutput();
  const args = given[0] === "help" && given[1] !== undefined ? [given[1], "--help"] : given;
  const [name = ""] = args;
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const chosen = load && (await load()).command;
  if (chosen) refuseTypographicDashes(chosen, args.slice(1));
  // A forked command has inherited the variables of its parent.
  if (chosen && !process.send) refuseSwallowedOptions(chosen, args.slice(1), process.env);
  // The help that a command which does not exist is asked for is not that of the whole.
  const isKnown = chosen !== undefined || name === "" || name === "help" || name.startsWith("-");
  const program = createProgram(chosen ? [chosen] : await loadAllCommands());
  try {
    await program.parseAsync(isKnown ? args : [name], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed" || error.code === "commander.help") {
      // The help that a call without arguments prints reports wrong use.
      process.exitCode = error.exitCode === 0 ? exitCode.done : exitCode.wrongUse;
    } else {
      throw toUsageError(error, invocation(chosen ? name : "clan"));
    }
  }
}

function createProgram(all: Command[]): Command {
  const program = configure(new Command("clan"))
    .description("Runs and operates the clan platform, on this machine and on Google Cloud.")
    .usage("COMMAND [options]")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("after", `\nExample:\n  ${invocation("backfill", "clan")} --yes`)
    .addHelpText("after", () =>
      fitted("\nEach command also is a script of its own: npm run backfill -- --yes"),
    )
    .addHelpText("after", () => fitted(`\nExit codes:\n  ${codes}`));
  for (const command of all) program.addCommand(command);
  return program;
}

const codes =
  "0 done; 1 failed; 2 done but rows were rejected; 64 wrong use; 130 interrupted (143 by SIGTERM)";
