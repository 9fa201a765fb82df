// More digits than a double is sure to keep. A match inside a string costs only time.
const longNumber = /\d[\d.]{15}/;
// So near to 0 that a double may be 0: a count of 1e-400 would be accepted, and an amount of -1e-400.
const tinyNumber = /[eE]-\d{3}/;
/** Whether JSON may have a number that a double doesn't keep. */
export const hasInexactNumber = (text: string) => longNumber.test(text) || tinyNumber.test(text);

const significantDigits = (source: string) =>
  source.replace(/e.*/i, "").replace(/[-.]/g, "").replace(/^0+/, "").length;

/**
 * Parses JSON without rounding: a number with more than 15 significant digits, or too small for a double, is returned as
 * the text it was written in.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string): unknown {
  if (!hasInexactNumber(text)) return JSON.parse(text);
  return JSON.parse(text, keepDigits);
}

// https://tc39.es/proposal-json-parse-with-source/: `source` is there for primitive values.
function keepDigits(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== "number" || source === undefined) return value;
  const digits = significantDigits(source);
  return digits > 15 || (value === 0 && digits > 0) ? source : value;
}
