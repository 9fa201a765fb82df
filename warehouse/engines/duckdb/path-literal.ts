/** A path as a literal for DuckDB's functions that read files, which take `*`, `?` and `[` in it for a pattern. */
export const pathLiteral = (path: string) => `'${path.replace(/[[*?]/g, "[$&]").replaceAll("'", "''")}'`;
