import { isDay } from "@clan-platform/contract/day.ts";
import { Argument, Option } from "commander";
import { targets } from "../../local/warehouse-target.ts";
import { UsageError } from "../terminal/cli-error.ts";
import { withHyphens } from "./check-values.ts";
import { unknownChoice } from "./usage-error.ts";

const choicesListed = 10;

/** An option whose value is a whole number within bounds. */
export function wholeNumberOption(name: string, description: string, min: number, max: number): Option {
  return new Option(`--${name} <number>`, `${description}, ${min} to ${max}`).argParser((text) => {
    const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new UsageError(`--${name} must be a whole number from ${min} to ${max}, not ${shown(text)}.`);
  });
}

/** An option whose value is a day, as YYYY-MM-DD. */
export function dayOption(name: string, description: string): Option {
  return new Option(`--${name} <day>`, `${description}, as YYYY-MM-DD`).argParser((text) => {
    if (isDay(text)) return text;
    const hint = isDay(withHyphens(text)) ? ", which has dashes instead of hyphens" : "";
    throw new UsageError(`--${name} must be a day as YYYY-MM-DD, not ${shown(text)}${hint}.`);
  });
}

/** An option whose value is one of a few. */
export function choiceOption(
  name: string,
  metavar: string,
  description: string,
  choices: readonly string[],
): Option {
  return new Option(`--${name} <${metavar}>`, description)
    .choices(choices)
    .argParser((text) => chosen(`--${name}`, choices, text));
}

/** `--target`: which warehouse a command works on. */
export const targetOption = (description = "the warehouse: DuckDB on this machine, or BigQuery") =>
  choiceOption("target", "warehouse", description, targets).default("local");

/** `--allow-rejects`: whether a file is loaded that may be the wrong one. */
export const allowRejectsOption = (when = "") =>
  new Option("--allow-rejects", `${when}load a file although more than half of its lines are rejected`);

/** Arguments that each are one of a few; none stands for all. */
export function choicesArgument(name: string, description: string, choices: readonly string[]): Argument {
  return new Argument(`[${name}...]`, description)
    .choices(choices)
    .argParser((text, before: string[] | undefined) => [...(before ?? []), chosen(name, choices, text)])
    .default([], "all");
}

function chosen(name: string, choices: readonly string[], text: string): string {
  if (choices.includes(text)) return text;
  // An empty value, or the next option, isn't a misspelt one: the choices are listed, however many.
  const isMisspelt = text !== "" && !text.startsWith("-");
  if (choices.length > choicesListed && isMisspelt) throw unknownChoice(name, text, choices);
  const list = choices.length === 2 ? choices.join(" or ") : `one of ${choices.join(", ")}`;
  throw new UsageError(`${name} must be ${list}, not ${shown(text)}.`);
}

/** An empty value, and blanks around one, as something to see. */
export const shown = (text: string) => (text === "" || text !== text.trim() ? `"${text}"` : text);
