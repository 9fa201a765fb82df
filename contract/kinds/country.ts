import { z } from "zod";
import { readCountry } from "../countries/country-code.ts";
import type { Kind } from "./kind.ts";

const what = "must be an ISO 3166-1 code or the English name of a country";
const orNothing = `${what}, null or empty`;
const described = {
  description:
    "ISO 3166-1 alpha-2 code; alpha-3 codes and English names are accepted, and stored as that. Null when it is not known",
  "x-example": "TR",
};

/** An ISO 3166-1 alpha-2 code; accepted as an alpha-3 code or English name as well. */
export const country: Kind<string> = {
  schema: () =>
    z
      .string({ error: what })
      .transform((text, context) => toCode(text, context, what) ?? noCode(text, context, what))
      .meta(described),
  nullableSchema: () =>
    z
      .string({ error: orNothing })
      .nullish()
      .transform((text, context) => (text ? toCode(text, context, orNothing) : null))
      .meta(described),
  readPlain: (value) => (typeof value === "string" ? (readCountry(value).code ?? undefined) : undefined),
  // Whether it is a country is for `readCountry` to say.
  plainForm: (_, delimiter) => String.raw`[^\x00-\x1f"${delimiter}]{0,128}`,
};

/** Null for a placeholder such as `NULL`. */
function toCode(text: string, context: z.RefinementCtx, message: string): string | null {
  const reading = readCountry(text);
  return reading.code === undefined ? noCode(text, context, message, reading.nearest) : reading.code;
}

function noCode(input: string, context: z.RefinementCtx, reason: string, nearest?: string): never {
  const message = nearest === undefined ? reason : `${reason}; the nearest is ${nearest}`;
  // Rejects are grouped by `reason`, whatever the nearest name of each.
  context.issues.push({ code: "custom", input, message, params: { reason } });
  return z.NEVER;
}
