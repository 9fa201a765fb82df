import type { z } from "zod";

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
