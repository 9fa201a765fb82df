import { z } from "zod";
import type { Kind } from "./kind.ts";

const what = "must be two letters (ISO 3166-1 alpha-2)";
const orNothing = `${what}, null or empty`;
const plain = /^[A-Z]{2}$/;

/** An ISO 3166-1 alpha-2 code in upper case; accepted case-insensitively. */
export const country: Kind<string> = {
  schema: () =>
    z
      .string({ error: what })
      .regex(/^[A-Za-z]{2}$/, what)
      .toUpperCase()
      .meta({ examples: ["TR"] }),
  nullableSchema: () =>
    z
      .string({ error: orNothing })
      .regex(/^([A-Za-z]{2})?$/, orNothing)
      .nullish()
      .transform((code) => code?.toUpperCase() || null)
      .meta({ examples: ["TR"] }),
  readPlain: (value) => (typeof value === "string" && plain.test(value) ? value : undefined),
  plainForm: () => "[A-Z]{2}",
};
