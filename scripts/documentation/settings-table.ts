import type { z } from "zod";

const start = (name: string) => `<!-- npm run update-docs writes the settings of ${name} -->\n`;
const end = "<!-- end of the settings -->";

/** docs/settings.md with these tables between their marks, by the marks' names. */
export function withSettingsTables(page: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((text, [name, table]) => withTable(text, name, table), page);
}

function withTable(page: string, name: string, table: string): string {
  const [before, rest] = page.split(start(name));
  const [, ...after] = rest?.split(end) ?? [];
  if (before === undefined || rest === undefined || after.length === 0) {
    throw new Error(`docs/settings.md has lost the marks of its table: ${start(name).trim()} and ${end}`);
  }
  return `${before}${start(name)}\n${table}\n\n${end}${after.join(end)}`;
}

/** The variables of a schema. */
export function variablesTable(schema: z.ZodObject): string {
  const rows = Object.entries(schema.shape).map(([variable, field]) => rowOf(variable, field as z.ZodType));
  return ["| variable | default | meaning |", "|---|---|---|", ...rows].join("\n");
}

/** @throws {Error} for a setting without a description */
function rowOf(variable: string, field: z.ZodType): string {
  const { description } = field;
  if (!description) throw new Error(`${variable} has no description: add .describe(…) to its schema`);
  return `| \`${variable}\` | ${defaultOf(field)} | ${description.replaceAll("|", "\\|")} |`;
}

/** What a missing variable is parsed to. */
export function defaultOf(field: z.ZodType): string {
  const { data } = field.safeParse(undefined);
  const isEmpty = data === undefined || data === "" || (Array.isArray(data) && data.length === 0);
  return isEmpty ? "" : `\`${data}\``;
}
