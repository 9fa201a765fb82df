import { type Money, moneyDigits, moneyText, toNumber } from "./money.ts";
import type { Sums } from "./sums.ts";

/** A figure of the page: what it means, how it is computed from any rows and how it is formatted. */
export interface Measure {
  key: string;
  label: string;
  /** How it is computed, as shown to the user. */
  meaning: string;
  /** What is divided by what; the divisor of a sum is 1. */
  parts(sums: Sums): [dividend: number, divisor: number];
  /** Null if the divisor is 0. */
  value(sums: Sums): number | null;
  text(sums: Sums): string;
  /** Any value of this measure, such as a difference, with the same places as `text`. */
  format(value: number): string;
  /** With all digits, for CSV. */
  digits(sums: Sums): string;
  /** Whether an increase is good news. */
  moreIs: "better" | "worse" | "neutral";
  /** A sum: the table shows it as a bar. */
  isSum: boolean;
  /** A share: its change is shown in percentage points. */
  isShare?: boolean;
  /** A sum divided by the days of the period, which are the same for every group. */
  isPerDay?: boolean;
}

type MoreIs = Measure["moreIs"];

export const noValue = "–";
// `negative`, so that a small negative difference doesn't read "-0".
const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0, signDisplay: "negative" });
const cents = new Intl.NumberFormat("en-US", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: "negative",
});

/** A sum of whole numbers. */
export const sum = (
  key: string,
  label: string,
  meaning: string,
  of: (sums: Sums) => number,
  moreIs: MoreIs = "better",
): Measure => ({
  key,
  label,
  meaning,
  parts: (sums) => [of(sums), 1],
  value: of,
  text: (sums) => integer.format(of(sums)),
  format: (value) => integer.format(value),
  digits: (sums) => String(of(sums)),
  moreIs,
  isSum: true,
});

/** A sum of amounts, exact. */
export const money = (key: string, label: string, meaning: string, of: (sums: Sums) => Money): Measure => ({
  key,
  label,
  meaning,
  parts: (sums) => [toNumber(of(sums)), 1],
  value: (sums) => toNumber(of(sums)),
  text: (sums) => moneyText(of(sums)),
  format: (value) => prefixed("$", cents.format(value)),
  digits: (sums) => moneyDigits(of(sums)),
  moreIs: "better",
  isSum: true,
});

interface Form {
  options: Intl.NumberFormatOptions;
  prefix?: string;
  moreIs?: MoreIs;
  isPerDay?: boolean;
}

/** A sum / sum. */
export function ratio(
  key: string,
  label: string,
  meaning: string,
  parts: Measure["parts"],
  { options, prefix = "", moreIs = "better", isPerDay = false }: Form,
): Measure {
  const numbers = new Intl.NumberFormat("en-US", { ...options, signDisplay: "negative" });
  const format = (value: number) => prefixed(prefix, numbers.format(value));
  const value = (sums: Sums) => {
    const [dividend, divisor] = parts(sums);
    return divisor === 0 ? null : dividend / divisor;
  };
  const formatted = (sums: Sums, write: (value: number) => string, none: string) => {
    const found = value(sums);
    return found === null ? none : write(found);
  };
  return {
    key,
    label,
    meaning,
    parts,
    value,
    text: (sums) => formatted(sums, format, noValue),
    format,
    digits: (sums) => formatted(sums, String, ""),
    moreIs,
    isSum: false,
    isShare: options.style === "percent",
    isPerDay,
  };
}

/** `-$0.50` rather than `$-0.50` */
const prefixed = (prefix: string, text: string): string =>
  text.startsWith("-") ? `-${prefix}${text.slice(1)}` : prefix + text;
