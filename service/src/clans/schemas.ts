import { expected } from "@clan-platform/contract/kinds/expected.ts";
import { UserId } from "@clan-platform/contract/kinds/id.ts";
import {
  lengthInCharacters,
  notBlankPattern,
  storableText,
  trimmedPattern,
} from "@clan-platform/contract/text.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { cursorTime, nextPageToken, pageQuery } from "../http/pages.ts";
import { Description } from "./description.ts";
import { addFault } from "./text-fault.ts";
import { faultOfLength, faultOfName, maxNameBytes } from "./visible-name.ts";

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
    examples: ["Tide Turners"],
  });

/** A region's code in upper case: letters, then optionally a hyphen with letters and digits. */
export const Region = z
  .string()
  .regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})?$/, 'must be a region code such as "EU", "TR" or "US-EAST1"')
  .toUpperCase()
  .meta({ description: "A region code; stored in upper case", examples: ["EU"] });

export const JoinMode = z
  .enum(["open", "request", "closed"], { error: expected("open, request or closed") })
  .meta({
    description: "open: anyone may join; request: with an accepted request; closed: by invitation only",
  });

const maxMembersError = "must be a whole number from 1 to 500";
const MaxMembers = z
  .int(maxMembersError)
  .min(1, maxMembersError)
  .max(500, maxMembersError)
  .meta({ format: "int32", description: "How many members it takes; 50 by default" });

export const NewClan = z
  .strictObject(
    {
      name: ClanName,
      region: Region.nullish(),
      description: Description.nullish(),
      join_mode: JoinMode.optional(),
      max_members: MaxMembers.optional(),
      leader_user_id: UserId.optional().meta({
        description: "Becomes its first member, and leads it; without one, the first who joins does",
      }),
    },
    { error: nameUnknown },
  )
  // A Go client has a constructor NewClan for Clan.
  .meta({ id: "CreateClanRequest", examples: [{ name: "Tide Turners", region: "EU" }] });

/** A JSON merge patch (RFC 7396): what is not in it stays, and null takes away what a clan need not have. */
export const ClanPatch = z
  .strictObject(
    {
      name: ClanName.optional(),
      region: Region.nullish(),
      description: Description.nullish(),
      join_mode: JoinMode.optional(),
      max_members: MaxMembers.optional(),
    },
    { error: nameUnknown },
  )
  .meta({ id: "ChangeClanRequest", examples: [{ description: "We play every evening.", region: null }] });
export type ClanPatch = z.infer<typeof ClanPatch>;

// Formats are documented, not validated: the values come from columns of these types.
export const Clan = z
  .object({
    id: z.string().meta({ format: "uuid", description: "The service's id of the clan" }),
    name: z.string().meta({ description: "As it was created, trimmed and in Unicode NFC" }),
    region: z.string().nullable().meta({ description: "A region code, or null for none" }),
    created_at: z.string().meta({ format: "date-time", description: "UTC, to the microsecond" }),
    description: z.string().nullable().meta({ description: "Lines of text, or null for none" }),
    join_mode: z.enum(["open", "request", "closed"]).meta({
      description: "Who may join; later versions may add a mode",
      "x-open-enum": true,
    }),
    max_members: z.int().meta({ format: "int32", description: "How many members it takes" }),
    member_count: z.int().meta({ format: "int32", description: "How many it has" }),
    updated_at: z.string().meta({
      format: "date-time",
      description: "When it or its number of members last changed; UTC, to the microsecond",
    }),
    version: z
      .int()
      .meta({ format: "int32", description: "1 for a new clan, raised with every such change" }),
  })
  .meta({
    id: "Clan",
    examples: [
      {
        id: "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55",
        name: "Tide Turners",
        region: "EU",
        created_at: "2026-01-31T12:00:00.123456Z",
        description: "We play every evening.\nBe kind.",
        join_mode: "open",
        max_members: 50,
        member_count: 12,
        updated_at: "2026-02-03T18:30:00.654321Z",
        version: 14,
      },
    ],
  });

export const ClanPage = z
  .object({
    clans: z.array(Clan).meta({ description: "In the order of the list" }),
    next_page_token: nextPageToken,
  })
  .meta({ id: "ClanPage" });

export const ClanPath = z.object({
  // In lower case, as PostgreSQL has it: it is compared with the clan of a member.
  id: z.uuid("must be a UUID").toLowerCase().meta({ description: "The service's id of the clan" }),
});

/** The keyset of a page's last clan. */
export const PageCursor = z.strictObject({ created_at: cursorTime, id: z.uuid() });
export type PageCursor = z.infer<typeof PageCursor>;

/** The keyset of a page's last clan where the largest come first. */
export const SizeCursor = z.strictObject({ member_count: z.int().min(0).max(500), id: z.uuid() });
export type SizeCursor = z.infer<typeof SizeCursor>;

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

const filters = {
  join_mode: JoinMode.optional(),
  has_room: z
    .preprocess(
      (text) => (text === "true" || text === "false" ? text === "true" : text),
      z.boolean("must be true or false").optional(),
    )
    .meta({ description: "true: only clans with fewer members than max_members; false: only full ones" }),
};

/** What a list or a search may be limited to, in addition to names; null where it is not. */
export interface ClanFilter {
  region: string | null;
  join_mode: z.infer<typeof JoinMode> | null;
  has_room: boolean | null;
}

/** How many ids one list may ask for. */
export const maxIds = 100;
const idList = z
  .preprocess(
    (given) => [given].flat().flatMap((each) => (typeof each === "string" ? each.split(",") : [each])),
    z
      // In lower case, as PostgreSQL has them: they are compared with the clan of a name.
      .array(z.uuid("must be a UUID").toLowerCase())
      .max(maxIds, `must be at most ${maxIds} ids`)
      .transform((ids) => [...new Set(ids)]),
  )
  .meta({
    type: "array",
    items: { type: "string", format: "uuid" },
    minItems: 1,
    maxItems: maxIds,
    description: `Ids, separated by commas or as parameters of the same name: one page has all of these clans that there are, at most ${maxIds}`,
  });

export const ListQuery = z.strictObject(
  {
    region: Region.optional(),
    name: wholeName.optional(),
    ...filters,
    ids: idList.optional(),
    sort: z
      .enum(["newest", "members"], { error: expected("newest or members") })
      .prefault("newest")
      .meta({
        description:
          "newest first, or those with the most members; these move while one reads, so that pages may repeat or miss some",
      }),
    ...pageQuery,
  },
  { error: nameUnknown },
);

export const SearchQuery = z.strictObject(
  { name: partOfName, region: Region.optional(), ...filters, ...pageQuery },
  { error: nameUnknown },
);
