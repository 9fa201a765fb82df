import { z } from "zod";
import type { Column } from "../columns.ts";
import { expected } from "./expected.ts";
import type { Kind } from "./kind.ts";

/** One of a few words of letters, in upper case; accepted case-insensitively. */
export const code: Kind<string> = {
  schema: (column) => {
    const words = codesOf(column);
    const list = words.join(" or ");
    return (
      z
        .string({ error: expected(list) })
        // Without a flag, which the OpenAPI document could not show.
        .regex(new RegExp(`^(${words.map(caseInsensitive).join("|")})$`), `must be ${list}`)
        .overwrite(toUpperCase)
        .meta({ description: `${list}, case-insensitive`, examples: words.slice(0, 1) })
    );
  },
  readPlain: (value, { codes = [] }) => {
    if (typeof value !== "string" || !ascii.test(value)) return undefined;
    if (codes.includes(value)) return value;
    const upper = value.toUpperCase();
    return codes.includes(upper) ? upper : undefined;
  },
  plainForm: (column) => `(?i:${codesOf(column).join("|")})`,
};

const ascii = /^[A-Za-z]+$/;

function codesOf({ name, codes = [] }: Column): readonly string[] {
  if (codes.length > 0 && codes.every((word) => /^[A-Z]+$/.test(word))) return codes;
  throw new Error(`The column ${name} of contract/columns.ts needs codes: words of upper-case letters.`);
}

// Where the locale is Turkish, programs write `ıos` for IOS in lower case, and `İOS` for ios in upper case.
const caseInsensitive = (word: string) =>
  word.replace(/./g, (letter) => (letter === "I" ? "[Iiİı]" : `[${letter}${letter.toLowerCase()}]`));
const toUpperCase = (word: string) => word.replace(/[İı]/g, "I").toUpperCase();
