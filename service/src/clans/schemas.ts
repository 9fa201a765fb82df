import {
  lengthInCharacters,
  notBlankPattern,
  storableText,
  trimmedPattern,
} from "@clan-platform/contract/text.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { nextPageToken, pageQuery } from "../http/pages.ts";
import { faultOfLength, faultOfName, maxNameBytes, type NameFault } from "./visible-name.ts";

/**
 * A clan's name as the contract has it: trimmed, NFC, 1 to 64 characters as people count them, and none of what people can't
 * see, or take for something else. Clans from before that rule keep their names, so it is for new ones only.
 */
export const ClanName = storableText
  .trim()
  .normalize("NFC")
  .superRefine((name, context) => addFault(faultOfName(name), context))
  .meta({
    minLength: 1,
    maxLength: maxNameBytes,
    pattern: notBlankPattern,
    description:
      "1 to 64 characters as people count them (grapheme clusters), at most 512 bytes in UTF-8; surrounding whitespace is trimmed. " +
      "Unique regardless of case. At least one character is visible, none is a control, invisible, unassigned or private one, at most " +
      "4 marks are stacked on one, and all are of one script, or of Latin with Chinese, Japanese or Korean.",
    examples: ["Night Owls"],
  });

function addFault(fault: NameFault | undefined, context: z.RefinementCtx): void {
  if (!fault) return;
  const { message, reason = message } = fault;
  context.addIssue({ code: "custom", message, params: { reason } });
}

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

/** What names are compared with: trimmed and in NFC like them, but any text, because clans may have names from before a rule. */
const anyName = storableText.trim().normalize("NFC");

const wholeName = anyName
  .refine((text) => text !== "", "must not be empty")
  .superRefine((text, context) => addFault(faultOfLength(text), context))
  .meta({
    minLength: 1,
    maxLength: maxNameBytes,
    pattern: trimmedPattern,
    description: "The whole name, case-insensitive: the page has one clan or none",
  });

// In code points, as the index has them.
const partOfName = anyName
  .refine((text) => lengthInCharacters(text) >= 3, "must have at least 3 characters")
  .refine((text) => lengthInCharacters(text) <= 64, "must have at most 64 characters")
  .meta({
    minLength: 3,
    maxLength: 64,
    pattern: trimmedPattern,
    description: "Part of a name, case-insensitive; 3 to 64 characters",
  });

export const ListQuery = z.strictObject(
  { region: Region.optional(), name: wholeName.optional(), ...pageQuery },
  { error: nameUnknown },
);

export const SearchQuery = z.strictObject({ name: partOfName, ...pageQuery }, { error: nameUnknown });
