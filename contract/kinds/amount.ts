import { z } from "zod";
import type { Column } from "../columns.ts";
import { expected } from "./expected.ts";
import type { Kind } from "./kind.ts";

// In PostgreSQL's numeric these are exact; BigQuery's BIGNUMERIC has as many decimal places.
const maxWholeDigits = 15;
const maxDecimalPlaces = 38;

const plainDecimal = /^\d{1,15}(\.\d{1,38})?$/;
const notation = /^(\d+)(?:\.(\d+))?(?:e([+-]?\d{1,4}))?$/i;

// As Oracle and SQL Server write 0.5.
const withoutZero = /^\.\d/;

const decimalComma = /^\d+,\d+$/;
const pointExpected = "must have a decimal point, not a comma";
const range = `at least 0, with at most ${maxWholeDigits} digits before the point and ${maxDecimalPlaces} after it`;

/** A decimal number of at least 0, kept exactly: as all its digits, without an exponent. */
export const amount: Kind<string> = {
  schema: ({ description, example }: Column) =>
    z
      .union([z.number(), z.string()], { error: expected(`a number ${range}`) })
      .transform((value, context) => {
        const decimal = toDecimal(value);
        if (decimal !== undefined) return decimal;
        const message = decimalComma.test(String(value)) ? pointExpected : `must be a number ${range}`;
        context.issues.push({ code: "custom", input: value, message });
        return z.NEVER;
      })
      .meta({
        // One type, for generated clients; as a double, because some of them take a plain number for a float of 32 bits.
        type: "number",
        format: "double",
        minimum: 0,
        exclusiveMaximum: 1e15,
        description: `${description}; kept exactly: ${range}. May be sent as a string, with more digits than a double has`,
        ...(example !== undefined && { "x-example": example }),
      }),
  readPlain: (value) =>
    typeof value === "number" || typeof value === "string" ? toDecimal(value) : undefined,
  plainForm: () => plainForm,
  fromFile: (value) => (typeof value === "string" && withoutZero.test(value) ? `0${value}` : value),
};

// What a decimal of 64 bits holds with nine decimal places, which is read many times faster than a wider one: the digits
// of a double, also with an exponent, are far from the limits that this does not show.
const plainDigits = String.raw`\d{1,9}(?:\.\d{1,17})?`;
// DuckDB reads 9.5e-12 as 0.000000001: it rounds up by the first digit, however far the exponent shifts it away
// (https://github.com/duckdb/duckdb/issues/23768). So the first digit must stay within one place after the ninth; a zero has
// none that counts.
const plainScientific = String.raw`[1-9]\d{0,8}(?:\.\d{1,17})?[eE]-(?:0?\d|10)|0[eE]-1?\d`;
const plainForm = `(?:${plainDigits}|${plainScientific})`;

/**
 * The digits of an amount that is at least 0, without an exponent; minus zero is zero. Undefined when it is not a number, or
 * has more digits than are kept exactly.
 */
function toDecimal(amount: number | string): string | undefined {
  if (amount === 0) return "0";
  const text = typeof amount === "number" ? String(amount) : amount;
  if (plainDecimal.test(text)) return text;
  const [, whole, places = "", exponent = "0"] = notation.exec(text) ?? [];
  if (whole === undefined) return /^-0+(\.0+)?$/.test(text) ? "0" : undefined;
  if (text.length > 64) return undefined;
  const wholeDigits = whole.replace(/^0+/, "").length + Number(exponent);
  const decimalPlaces = places.length - Number(exponent);
  if (wholeDigits > maxWholeDigits || decimalPlaces > maxDecimalPlaces) return undefined;
  return movePoint(whole, places, Number(exponent));
}

/** Writes a number with its point moved by some digits: to the right, or to the left when `by` is negative. */
function movePoint(whole: string, places: string, by: number): string {
  const point = Math.max(1, whole.length + by);
  const digits = "0".repeat(point - whole.length - by) + whole + places;
  const before = digits
    .slice(0, point)
    .padEnd(point, "0")
    .replace(/^0+(?=\d)/, "");
  return digits.length > point ? `${before}.${digits.slice(point)}` : before;
}
