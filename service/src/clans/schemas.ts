import {
  controlCharacter,
  lengthInCharacters,
  notBlankPattern,
  storableText,
  trimmedPattern,
} from "@clan-platform/contract/text.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { nextPageToken, pageQuery } from "../http/pages.ts";

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
    minLength: 1,
    maxLength: 64,
    pattern: notBlankPattern,
    description: "Unique regardless of case; surrounding whitespace is trimmed",
    examples: ["Night Owls"],
  });

/** A region's code in upper case: letters, then optionally a hyphen with letters and digits. */
export const Region = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})?$/, 'must be a region code such as "EU", "TR" or "US-EAST1"')
  .toUpperCase()
  .meta({ description: "A region code; stored in upper case", examples: ["EU"] });

export const NewClan = z
  .strictObject({ name: ClanName, region: Region.nullish() }, { error: nameUnknown })
  // A Go client has a constructor NewClan for Clan.
  .meta({ id: "CreateClanRequest", examples: [{ name: "Night Owls", region: "EU" }] });

// Formats are documented, not validated: the values come from columns of these types.
export const Clan = z
  .object({
    id: z.string().meta({ format: "uuid", description: "The service's id of the clan" }),
    name: z.string().meta({ description: "As it was created, trimmed and in Unicode NFC" }),
    region: z.string().nullable().meta({ description: "A region code, or null for none" }),
    created_at: z.string().meta({ format: "date-time", description: "UTC, to the microsecond" }),
  })
  .meta({
    id: "Clan",
    examples: [
      {
        id: "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55",
        name: "Night Owls",
        region: "EU",
        created_at: "2026-01-31T12:00:00.123456Z",
      },
    ],
  });

export const ClanPage = z
  .object({
    clans: z.array(Clan).meta({ description: "Newest first" }),
    next_page_token: nextPageToken,
  })
  .meta({ id: "ClanPage" });

export const ClanPath = z.object({
  id: z.uuid("must be a UUID").meta({ description: "The service's id of the clan" }),
});

// PostgreSQL has no year 0.
const createdAt = z.iso.datetime({ precision: 6 }).refine((time) => !time.startsWith("0000"));

/** The keyset of a page's last clan. `created_at` has microseconds, which a `Date` would lose. */
export const PageCursor = z.strictObject({ created_at: createdAt, id: z.uuid() });
export type PageCursor = z.infer<typeof PageCursor>;

/** What names are compared with: trimmed and in NFC like them, and at most as long. */
const nameQuery = (minLength: number, description: string) =>
  storableText
    .trim()
    .normalize("NFC")
    .refine(
      (text) => lengthInCharacters(text) >= minLength,
      minLength === 1 ? "must not be empty" : `must have at least ${minLength} characters`,
    )
    .refine((text) => lengthInCharacters(text) <= 64, "must have at most 64 characters")
    .meta({ minLength, maxLength: 64, pattern: trimmedPattern, description });

export const ListQuery = z.strictObject({
  region: Region.optional(),
  name: nameQuery(1, "The whole name, case-insensitive: the page has one clan or none").optional(),
  ...pageQuery,
});

export const SearchQuery = z.strictObject({
  name: nameQuery(3, "Part of a name, case-insensitive; at least 3 characters"),
  ...pageQuery,
});
