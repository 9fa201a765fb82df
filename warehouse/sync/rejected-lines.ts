// How `lines-with-erased.sql` finds an id in a rejected line, whose format, separator and even columns aren't known. A line is
// read in three ways: as it is, as CSV with quotation marks, and as JSON with escapes. Each turns it into fields between
// commas, by rules that do the same to an id, which is found between two of these commas.

type Replacement = [from: string, to: string];

const replaced = (text: string, ...replacements: Replacement[]): string =>
  replacements.reduce((result, [from, to]) => `replace(${result}, ${from}, ${to})`, text);

// The dialects write these differently within a literal.
const tab = "chr(9)";
const backslash = "chr(92)";
const quote = `'"'`;
// Lines and ids have no such characters: they stand for what is escaped while the rest is replaced.
const escapedBackslash = "chr(1)";
const escapedQuote = "chr(2)";

/** A line or an id, with one separator for all, without blanks, and between two of these. */
export const fields = (text: string): string =>
  `concat(',', ${replaced(text, ["' '", "''"], ["';'", "','"], [tab, "','"])}, ',')`;

/** The same of a line with quotation marks: those around a value are separators, and the doubled ones within are single. */
export const csvFields = (text: string): string => {
  const empty: Replacement = [`',"",'`, "',,,'"];
  return replaced(
    fields(text),
    // Twice, because two in a row share a comma.
    ...[empty, empty],
    // The first of three begins the value.
    [`',"""'`, `concat(',,', ${escapedQuote})`],
    [`'""'`, escapedQuote],
    [quote, "','"],
    [escapedQuote, quote],
  );
};

/** An engine's expression for the text of a JSON string; null when it is not one. */
export type Decoded = (json: string) => string;

/**
 * A line of JSON, valid or not, without its escapes, and with commas for the quotation marks around its strings; null when it
 * isn't so escaped. The whole line becomes one string, which the engine decodes.
 */
export const decodedJson = (text: string, decoded: Decoded): string => {
  const content = replaced(
    text,
    [`concat(${backslash}, ${backslash})`, escapedBackslash],
    [`concat(${backslash}, ${quote})`, escapedQuote],
    [quote, "','"],
    [tab, "','"],
    [escapedBackslash, `concat(${backslash}, ${backslash})`],
    [escapedQuote, `concat(${backslash}, ${quote})`],
  );
  return decoded(`concat(${quote}, ${content}, ${quote})`);
};
