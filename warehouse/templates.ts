import { readFileSync } from "node:fs";

/**
 * SQL that is written once and runs in two forms: alone, with its values as query parameters, and as part of a BigQuery
 * script, with its values in variables. The template has each parameter as `{{name}}`, which no dialect of SQL uses.
 */
export interface SharedStatement {
  template: string;
  parameters: readonly string[];
}

/**
 * Reads a `.sql` template and fills in its variables; those of the statement's parameters stay open.
 * @throws {Error} when the template has a variable that is neither given nor a parameter, or lacks one that is
 */
export function readStatement<Name extends string = never>(
  file: URL,
  parameters: readonly Name[] = [],
  variables: Record<string, string> = {},
): SharedStatement {
  return { template: render(readTemplate(file), { ...variables, ...open(parameters) }), parameters };
}

/** The text of a `.sql` template, without the comment at its top. */
export const readTemplate = (file: URL): string =>
  readFileSync(file, "utf8")
    .replace(/^(--.*\n)+/, "")
    .trim();

/** The form of a statement with query parameters: `@name`. */
export const withParameters = (statement: SharedStatement): string =>
  withValues(statement, (name) => `@${name}`);

/**
 * The form of a statement for a script that declares a variable `v_name` for each parameter, and an array `v_days`. The
 * prefix keeps columns from hiding variables. BigQuery prunes partitions by the values of variables as it does by those of
 * parameters: others measured it (https://github.com/dbt-labs/dbt-core/pull/2140).
 */
export const withVariables = (statement: SharedStatement): string =>
  withValues(statement, (name) => (name === "days" ? "unnest(v_days)" : `v_${name}`));

/** The form of a statement with an SQL expression for each parameter. */
export const withValues = (
  { template, parameters }: SharedStatement,
  expressionOf: (parameter: string) => string,
): string => render(template, Object.fromEntries(parameters.map((name) => [name, expressionOf(name)])));

/**
 * Replaces each `{{name}}` of a template by the text of that name.
 * @throws {Error} when a variable has no text, or a text has no variable
 */
export const render = (template: string, texts: Record<string, string>): string =>
  substitute(template, /\{\{([a-z_]+)\}\}/g, texts);

/**
 * Replaces what a pattern matches by the text of the name in its first group.
 * @throws {Error} when a name has no text, or a text's name does not occur
 */
export function substitute(sql: string, pattern: RegExp, texts: Record<string, string>): string {
  const unused = new Set(Object.keys(texts));
  const result = sql.replace(pattern, (_, name: string) => {
    const text = texts[name];
    if (text === undefined) throw new Error(`SQL uses ${name}, which is not declared: ${sql}`);
    unused.delete(name);
    return text;
  });
  if (unused.size > 0) throw new Error(`SQL does not use ${[...unused].join(", ")}: ${sql}`);
  return result;
}

const open = (parameters: readonly string[]) =>
  Object.fromEntries(parameters.map((name) => [name, `{{${name}}}`]));
