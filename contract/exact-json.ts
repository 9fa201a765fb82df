import { asColumnName, columnsOf } from "./columns.ts";

// More digits than a double is sure to keep. A match inside a string costs only time.
const longNumber = /\d[\d.]{15}/;
// So near to 0 that a double may be 0: a count of 1e-400 would be accepted, and an amount of -1e-400.
const tinyNumber = /[eE]-\d{3}/;
/** Whether JSON may have a number that a double doesn't keep. */
export const hasInexactNumber = (text: string) => longNumber.test(text) || tinyNumber.test(text);

// The columns for which a double is not enough.
const exactFields: ReadonlySet<string> = new Set(columnsOf("count", "amount"));

/**
 * Parses JSON without rounding what a row has to keep: in a field that is a count or an amount, a number with more than 15
 * significant digits, or too small for a double, is returned as the text it was written in. Any other number stays a number,
 * so that none passes for a text, such as an id or a name.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string): unknown {
  if (!hasInexactNumber(text)) return JSON.parse(text);
  return JSON.parse(text, keepDigits);
}

const isExact = (field: string) => exactFields.has(field) || exactFields.has(asColumnName(field));

// https://tc39.es/proposal-json-parse-with-source/: `source` is there for primitive values.
function keepDigits(field: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value !== "number" || source === undefined || !isExact(field)) return value;
  const digits = significantDigits(source);
  return digits > 15 || (value === 0 && digits > 0) ? source : value;
}

/** How many digits a number has without zeros that change nothing: at its beginning, and at the end of its decimal places. */
function significantDigits(source: string): number {
  const [decimal = ""] = source.split(/e/i, 1);
  const digits = decimal.replace(/[-.]/g, "").replace(/^0+/, "");
  let end = digits.length;
  if (decimal.includes(".")) while (digits[end - 1] === "0") end--;
  return end;
}
