const nanoPerUnit = 1_000_000_000;
const nanoPerCent = nanoPerUnit / 100;

/**
 * USD in whole ones and billionths, BigQuery's last place. A column of each adds up exactly in floating point, where
 * a column of decimals would not: 0.1 + 0.2.
 */
export interface Money {
  whole: number;
  nano: number;
}

/** `12.34` is 12 whole ones and 340,000,000 billionths. */
export function splitDecimal(decimal: string): [whole: number, nano: number] {
  const point = decimal.indexOf(".");
  if (point < 0) return [Number(decimal), 0];
  return [Number(decimal.slice(0, point)), Number(decimal.slice(point + 1).padEnd(9, "0"))];
}

/** The same amount with less than a whole one in billionths. */
export function carried({ whole, nano }: Money): Money {
  const carry = Math.floor(nano / nanoPerUnit);
  return { whole: whole + carry, nano: nano - carry * nanoPerUnit };
}

export const plus = (a: Money, b: Money): Money =>
  carried({ whole: a.whole + b.whole, nano: a.nano + b.nano });

/** For ratios and drawing, where 15 digits do. */
export const toNumber = ({ whole, nano }: Money): number => whole + nano / nanoPerUnit;

/** `$1,234.57`, rounded as SQL rounds: half a cent goes up. */
export function moneyText(money: Money): string {
  const { whole, nano } = carried(money);
  const cents = Math.floor((nano + nanoPerCent / 2) / nanoPerCent);
  const [dollars, rest] = cents === 100 ? [whole + 1, 0] : [whole, cents];
  return `$${dollars.toLocaleString("en-US")}.${String(rest).padStart(2, "0")}`;
}

/** Every digit, as SQL writes a NUMERIC. */
export function moneyDigits(money: Money): string {
  const { whole, nano } = carried(money);
  const places = String(nano).padStart(9, "0").replace(/0+$/, "");
  return places ? `${whole}.${places}` : String(whole);
}
