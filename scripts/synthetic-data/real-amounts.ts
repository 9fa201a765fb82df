import type { Notation } from "./csv-block.ts";
import type { User } from "./user.ts";

// Such that 7,290,000 rows of seed 1 have 933,580 USD of purchases and 146,371 USD of ads.
const purchaseFactor = 0.6733;
const adFactor = 0.7859;

/**
 * Amounts as a float64 is printed that was converted from another currency: with up to 17 digits, small ones with an
 * exponent.
 */
export const realAmounts: NonNullable<Notation["amounts"]> = {
  purchases: ({ user, done }) => {
    if (done.purchases === 0) return "0.0";
    return float64Text((done.purchases / 100) * purchaseFactor * rateOf(user));
  },
  ads: ({ user, done }) => {
    const micros = done.ads * adFactor * rateOf(user);
    if (micros < 1) return "0.0";
    // A share of the senders reports impressions that earn next to nothing.
    if (user.number % 32 === 0) return float64Text(Number((micros / 1e9).toPrecision(2)));
    return micros < 1e3 || micros >= 1e7 ? float64Text(micros / 1e6) : Math.floor(micros);
  },
};

/** Of the user's currency. */
const rateOf = ({ id }: User) => 0.9 + 0.2 * (id[1] / 2 ** 32);

/** As C prints it, and below 0.0001 as Java: `0.0`, `12.345678901234567`, `3.0e-4`, `1.5e-05`. */
function float64Text(value: number): string {
  if (value === 0) return "0.0";
  if (value >= 1e-3) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e-");
  if (value >= 1e-4) return `${digits.includes(".") ? digits : `${digits}.0`}e-${exponent}`;
  return `${digits}e-${exponent.padStart(2, "0")}`;
}
