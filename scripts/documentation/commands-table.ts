import { type Command, Option } from "commander";
import { describeArgument, describeOption } from "../commands/command-line/define-command.ts";

const start = "<!-- npm run update-docs writes this table -->\n";
const end = "<!-- end of the table of commands -->";

/** docs/commands.md with the table of these commands between its marks. */
export function withCommandTable(page: string, commands: Command[]): string {
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`docs/commands.md has lost the marks of its table: ${start.trim()} and ${end}`);
  }
  const rows = commands.map((command) => `| ${[call(command), meaning(command)].join(" | ")} |`);
  return `${before}${start}\n${["| command | does |", "|---|---|", ...rows].join("\n")}\n\n${end}${after}`;
}

/** `npm run load-raw -- paths…` */
function call(command: Command): string {
  const name = command.name();
  const names = command.registeredArguments.map((argument) => {
    const text = `${argument.name().toUpperCase()}${argument.variadic ? "…" : ""}`;
    return argument.required ? text : `[${text}]`;
  });
  const run = name === "start" ? "npm start" : `npm run ${name}`;
  return `\`${names.length > 0 ? `${run} -- ${names.join(" ")}` : run}\``;
}

/** Without the choices that are files of this folder: a stack that a user adds does not change the page. */
function forDocs(option: Option): Option {
  if (option.name() !== "stack") return option;
  return Object.assign(new Option(option.flags), option, { argChoices: undefined });
}

function meaning(command: Command): string {
  const args = command.registeredArguments
    .filter(({ argChoices }) => (argChoices?.length ?? 0) <= 10)
    .map((argument) => `\`${argument.name().toUpperCase()}\`: ${describeArgument(argument)}`);
  const options = command.options.map((option) => `\`${option.flags}\`: ${describeOption(forDocs(option))}`);
  return [command.description(), ...args, ...options].join("<br>").replaceAll("|", "\\|");
}
