import { z } from "zod";

/** A whole number in a query string. */
export function queryInteger(min: number, max: number, description: string) {
  const error = `must be a whole number from ${min} to ${max}`;
  const toNumber = (text: unknown) =>
    typeof text === "string" && /^\d{1,16}$/.test(text) ? Number(text) : text;
  return z.preprocess(toNumber, z.int(error).min(min, error).max(max, error)).meta({ description });
}
