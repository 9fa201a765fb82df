/** A decimal number in any notation, in units of 10^-400: two are equal exactly when these are. */
export function exactly(text: string): bigint {
  const [, sign, whole = "", places = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const units = BigInt(whole + places) * 10n ** BigInt(400 + Number(exponent) - places.length);
  return sign === "-" ? -units : units;
}
