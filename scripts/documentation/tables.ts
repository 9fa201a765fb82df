/** The mark above a table that `npm run update-docs` writes. */
const start = (name: string) => `<!-- npm run update-docs writes ${name} -->\n`;
const end = (name: string) => `<!-- end of ${name} -->`;

/** A page with these tables between their marks, by the marks' names. */
export function withTables(page: string, tables: Record<string, string>): string {
  return Object.entries(tables).reduce((text, [name, table]) => withTable(text, name, table), page);
}

function withTable(page: string, name: string, table: string): string {
  const [before, rest] = page.split(start(name));
  const [, after] = rest?.split(end(name)) ?? [];
  if (before === undefined || after === undefined) {
    throw new Error(`a page has lost the marks of its table: ${start(name).trim()} and ${end(name)}`);
  }
  return `${before}${start(name)}\n${table}\n\n${end(name)}${after}`;
}
