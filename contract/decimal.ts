// In PostgreSQL's numeric these are exact; BigQuery's BIGNUMERIC has as many decimal places.
const maxWholeDigits = 15;
const maxDecimalPlaces = 38;

export const plainDecimal = /^\d{1,15}(\.\d{1,38})?$/;
/** Whether an amount is written without an exponent, in the range: most are. */
export const isPlainDecimal = (text: string) => plainDecimal.test(text);

const notation = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,4}))?$/i;

export const decimalRange = `at least 0, with at most ${maxWholeDigits} digits before the point and ${maxDecimalPlaces} after it`;

/**
 * The decimal notation of an amount that is at least 0, as it was written; minus zero is zero.
 * Undefined when it is none, or has more digits than are kept exactly.
 */
export function toDecimal(amount: number | string): string | undefined {
  if (amount === 0) return "0";
  const text = typeof amount === "number" ? String(amount) : amount;
  if (isPlainDecimal(text)) return text;
  const [, whole, places = "", exponent = "0"] = notation.exec(text) ?? [];
  if (whole === undefined) return /^-0+(\.0+)?$/.test(text) ? "0" : undefined;
  if (text.length > 64) return undefined;
  const wholeDigits = whole.replace(/^0+/, "").length + Number(exponent);
  const decimalPlaces = places.length - Number(exponent);
  return wholeDigits <= maxWholeDigits && decimalPlaces <= maxDecimalPlaces ? text : undefined;
}
