/** A decimal number in any notation as a multiple of 10^-400, for exact comparison. */
export function exactly(text: string): bigint {
  const [, sign, whole = "", places = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text) ?? [];
  const units = BigInt(whole + places) * 10n ** BigInt(400 + Number(exponent) - places.length);
  return sign === "-" ? -units : units;
}
