/** A decimal in units of 1e-9, the last place that BigQuery's NUMERIC has. */
export function toNano(decimal: string): bigint {
  const [, sign, whole, places = ""] = /^(-?)(\d+)(?:\.(\d{1,9}))?$/.exec(decimal) ?? [];
  if (whole === undefined) throw new Error(`${decimal} is no NUMERIC.`);
  const nano = BigInt(whole + places.padEnd(9, "0"));
  return sign ? -nano : nano;
}

/** The decimal of so many units of 1e-9, without zeros at its end. */
export function fromNano(nano: bigint): string {
  const digits = String(nano < 0n ? -nano : nano).padStart(10, "0");
  const places = digits.slice(-9).replace(/0+$/, "");
  return `${nano < 0n ? "-" : ""}${digits.slice(0, -9)}${places && `.${places}`}`;
}
