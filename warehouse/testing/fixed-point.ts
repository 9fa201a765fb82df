/** A decimal in units of 1e-9, the scale of BigQuery's NUMERIC. */
export function toFixedPoint(decimal: string): bigint {
  const [, sign, whole, places = ""] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new Error(`${decimal} is not a NUMERIC.`);
  const units = BigInt(whole + places.padEnd(9, "0"));
  return sign ? -units : units;
}

/** The decimal of a number of units of 1e-9, without trailing zeros. */
export function fromFixedPoint(units: bigint): string {
  const digits = String(units < 0n ? -units : units).padStart(10, "0");
  const places = digits.slice(-9).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${digits.slice(0, -9)}${places && `.${places}`}`;
}
