/** The form, for `readCsv`, of a file that PostgreSQL's COPY wrote in its text format, with a header and an empty value for null. */
export const postgresText = { delimiter: "\t", quote: "" };

// https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS: COPY writes no other sequences.
const escapes = { b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * The text that a value of a column of such a file stands for. It is split at escaped backslashes first, so that none of them begins
 * a sequence.
 */
export function unescaped(column: string): string {
  const decoded = Object.entries(escapes).reduce(
    (text, [letter, code]) => `replace(${text}, '\\${letter}', chr(${code}))`,
    "part",
  );
  const parts = `list_transform(string_split(${column}, '\\\\'), lambda part: ${decoded})`;
  return `case when contains(${column}, '\\') then array_to_string(${parts}, '\\') else ${column} end`;
}
