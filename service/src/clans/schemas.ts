import { z } from "zod";

// PostgreSQL can't store NUL, and a lone surrogate has no UTF-8: both would be an error there or a silent change here.
const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0");
const storableText = z.string().refine(isStorable, {
  error: "must not contain NUL or half of a surrogate pair",
  abort: true,
});

const lengthInCharacters = (text: string) => [...text].length;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const controlCharacter = /[\u0001-\u001f\u007f-\u009f]/;

/** A clan's name as the contract has it: trimmed, NFC, 1 to 64 characters (code points, as PostgreSQL counts). */
export const ClanName = storableText
  .trim()
  .normalize("NFC")
  .refine(
    (name) => !controlCharacter.test(name),
    "must not contain control characters such as tab or newline",
  )
  .refine((name) => lengthInCharacters(name) >= 1, "must not be empty")
  .refine((name) => lengthInCharacters(name) <= 64, "must have at most 64 characters")
  .meta({
    description: "Unique regardless of case; surrounding blanks are taken off",
    examples: ["Night Owls"],
  });

/** A region's code in upper case: letters, then maybe a hyphen with letters and digits. */
export const Region = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})?$/, 'must be a region code such as "EU", "TR" or "US-EAST1"')
  .toUpperCase()
  .meta({ description: "A region code; kept in upper case", examples: ["EU"] });

export const NewClan = z.strictObject({ name: ClanName, region: Region.nullish() });

// The formats are told, not checked again: the values come from columns of these types.
export const Clan = z
  .object({
    id: z.string().meta({ format: "uuid" }),
    name: z.string(),
    region: z.string().nullable(),
    created_at: z.string().meta({ format: "date-time", description: "UTC, to the microsecond" }),
  })
  .meta({ id: "Clan" });

export const ClanPage = z
  .object({
    clans: z.array(Clan),
    next_page_token: z
      .string()
      .nullable()
      .meta({ description: "page_token of the next page; null on the last one" }),
  })
  .meta({ id: "ClanPage" });

export const ClanPath = z.object({ id: z.uuid("must be a UUID") });

const pageQuery = {
  page_size: z
    .string()
    .regex(/^0*([1-9]\d{0,2}|1000)$/, "must be a whole number from 1 to 1000")
    .transform(Number)
    .default(50)
    .meta({ description: "1 to 1000, by default 50" }),
  page_token: z.string().optional().meta({ description: "next_page_token of the page before" }),
};

export const ListQuery = z.strictObject({ region: Region.optional(), ...pageQuery });

export const SearchQuery = z.strictObject({
  name: storableText
    .trim()
    .normalize("NFC")
    .refine((text) => lengthInCharacters(text) >= 3, "must have at least 3 characters")
    .refine((text) => lengthInCharacters(text) <= 64, "must have at most 64 characters")
    .meta({ description: "Part of a name, in any case; at least 3 characters" }),
  ...pageQuery,
});
