const billionthsPerUnit = 1_000_000_000;
const billionthsPerCent = billionthsPerUnit / 100;

/**
 * A fixed-point amount: whole USD and billionths, the scale of BigQuery's NUMERIC. Sums of either are exact in floating
 * point; a sum of decimals would not be (0.1 + 0.2).
 */
export interface Money {
  whole: number;
  billionths: number;
}

/** Splits `12.34` into 12 whole USD and 340,000,000 billionths. */
export function splitDecimal(decimal: string): [whole: number, billionths: number] {
  const point = decimal.indexOf(".");
  if (point < 0) return [Number(decimal), 0];
  return [Number(decimal.slice(0, point)), Number(decimal.slice(point + 1).padEnd(9, "0"))];
}

export function toMoney(decimal = "0"): Money {
  const [whole, billionths] = splitDecimal(decimal);
  return { whole, billionths };
}

/** The same amount with the billionths below one USD. */
function carried({ whole, billionths }: Money): Money {
  const carry = Math.floor(billionths / billionthsPerUnit);
  return { whole: whole + carry, billionths: billionths - carry * billionthsPerUnit };
}

export const plus = (a: Money, b: Money): Money =>
  carried({ whole: a.whole + b.whole, billionths: a.billionths + b.billionths });

/** Negative where b is greater: −0.5 is −1 whole USD and 500,000,000 billionths. */
export const minus = (a: Money, b: Money): Money =>
  carried({ whole: a.whole - b.whole, billionths: a.billionths - b.billionths });

const zero: Money = { whole: 0, billionths: 0 };
const isNegative = (money: Money): boolean => carried(money).whole < 0;

/** For ratios and charts, which need no more than 15 digits. */
export const toNumber = ({ whole, billionths }: Money): number => whole + billionths / billionthsPerUnit;

/** Formats as `$1,234.57` or `-$0.50`, rounding half away from zero like SQL. */
export function moneyText(money: Money): string {
  if (isNegative(money)) return `-${moneyText(minus(zero, money))}`;
  const { whole, billionths } = carried(money);
  const cents = Math.floor((billionths + billionthsPerCent / 2) / billionthsPerCent);
  const [dollars, rest] = cents === 100 ? [whole + 1, 0] : [whole, cents];
  return `$${dollars.toLocaleString("en-US")}.${String(rest).padStart(2, "0")}`;
}

/** Formats every digit, as SQL does for a NUMERIC. */
export function moneyDigits(money: Money): string {
  if (isNegative(money)) return `-${moneyDigits(minus(zero, money))}`;
  const { whole, billionths } = carried(money);
  const places = String(billionths).padStart(9, "0").replace(/0+$/, "");
  return places ? `${whole}.${places}` : String(whole);
}
