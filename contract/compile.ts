import type { Column } from "./columns.ts";

/**
 * Compiles a function of one row from its source text, in which each declared column has an expression of its own. A loop
 * over the columns takes two to three times as long, which an import of a million rows can't afford. `constants` are what
 * the source refers to by name.
 */
export function compile<Compiled>(
  columns: readonly Column[],
  constants: Record<string, unknown>,
  source: string,
): Compiled {
  // Names become part of the source.
  const odd = columns.find(({ name }) => !/^[a-z][a-z0-9_]*$/.test(name));
  if (odd) throw new Error(`The column "${odd.name}" of contract/columns.ts needs a name of a-z, 0-9 and _.`);
  return new Function(...Object.keys(constants), `"use strict"; return ${source};`)(
    ...Object.values(constants),
  );
}
