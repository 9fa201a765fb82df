import type { SettingDescription } from "@clan-platform/infra/described.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { StackSettings } from "@clan-platform/infra/settings.ts";
import { z } from "zod";
import { defaultOf } from "./variables-table.ts";

/** The table of a stack's settings in docs/settings.md, with the values of the committed stacks. */
export function stackSettingsTable(): string {
  const stacks = [stackSettings("dev"), stackSettings("prod")];
  const rows = leavesOf(StackSettings).map(({ name, schema }) => {
    const { description, costs } = descriptionOf(name, schema);
    const key = name.includes(":") ? name : `clan-platform:${name}`;
    const values = isOwn(name, schema)
      ? ["", ""]
      : stacks.map((settings) => codeOf(settings[key]) || defaultOf(schema));
    return [`\`${name}\``, defaultOf(schema), ...values, description, costs, codeOf(commandOf(name, schema))];
  });
  const head = ["setting", "default", "dev", "prod", "meaning", "costs", "example"];
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}

/** Whether a setting names what belongs to those who deploy, such as their project: a page in the repository leaves it out. */
const isOwn = (name: string, schema: z.ZodType) =>
  name === "gcp:project" || name.includes(".") || (schema.safeParse(undefined).success && !defaultOf(schema));

export interface Leaf {
  name: string;
  schema: z.ZodType;
}

/** The settings of a schema: the fields of an object are settings of their own, such as `budget.currency`. */
export function leavesOf(schema: z.ZodObject, prefix = ""): Leaf[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
    const name = `${prefix}${key}`;
    return inner instanceof z.ZodObject
      ? leavesOf(inner, `${name}.`)
      : [{ name, schema: field as z.ZodType }];
  });
}

/** @throws {Error} for a setting that is not `described(…)` */
export function descriptionOf(name: string, schema: z.ZodType) {
  const meta = schema.meta();
  if (!meta?.description)
    throw new Error(`${name} has no description: add described(…) in infra/settings.ts`);
  return meta as Omit<SettingDescription, "meaning"> & { description: string };
}

/** The command that sets the example. */
function commandOf(name: string, schema: z.ZodType): string {
  const { example, isSecret } = descriptionOf(name, schema);
  const [value] = [example].flat();
  const path = Array.isArray(example) ? `--path '${name}[0]'` : name.includes(".") ? `--path ${name}` : name;
  const quoted = /[\s#]/.test(String(value)) ? `'${value}'` : value;
  return `pulumi config set ${isSecret ? "--secret " : ""}${path} ${quoted}`;
}

const codeOf = (text: string | undefined) => (text ? `\`${text}\`` : "");
