import { expected } from "@clan-platform/contract/kinds/expected.ts";
import { UserId } from "@clan-platform/contract/kinds/id.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { Clan, ClanPath } from "../clans/schemas.ts";
import { cursorTime, nextPageToken, pageQuery } from "../http/pages.ts";

export const Role = z.enum(["leader", "co_leader", "member"], {
  error: expected("leader, co_leader or member"),
});

const time = z.string().meta({ format: "date-time", description: "UTC, to the microsecond" });
const role = z.enum(["leader", "co_leader", "member"]).meta({
  description: "A clan with members has exactly one leader; later versions may add a role",
  "x-open-enum": true,
});

export const Member = z
  .object({
    user_id: z.string().meta({ description: "The player" }),
    clan_id: z.string().meta({ format: "uuid", description: "The clan" }),
    role,
    joined_at: time,
  })
  .meta({
    id: "Member",
    examples: [
      {
        user_id: "player-4711",
        clan_id: "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55",
        role: "member",
        joined_at: "2026-02-03T18:30:00.654321Z",
      },
    ],
  });
export type MemberRow = z.infer<typeof Member>;

export const MemberPage = z
  .object({
    members: z.array(Member).meta({
      description: "The leader first, then co-leaders, then the others; of each role, who joined first",
    }),
    next_page_token: nextPageToken,
  })
  .meta({ id: "MemberPage" });

export const OwnClan = z
  .object({ clan: Clan, role, joined_at: time })
  .meta({ id: "OwnClan", description: "The clan that a player is in, and their part in it" });

export const MemberPath = ClanPath.extend({ user_id: UserId });

export const MemberQuery = z.strictObject(
  { role: Role.optional().meta({ description: "Only members with this role" }), ...pageQuery },
  { error: nameUnknown },
);

export const RemovalQuery = z.strictObject(
  {
    reason: z
      .enum(["left", "kicked"], { error: expected("left or kicked") })
      .prefault("left")
      .meta({ description: "What the history says: that the player left, or that others removed them" }),
  },
  { error: nameUnknown },
);

export const MemberPatch = z
  .strictObject(
    { role: Role.meta({ description: "A new leader makes the old one co-leader" }) },
    { error: nameUnknown },
  )
  .meta({ id: "ChangeMemberRequest", examples: [{ role: "co_leader" }] });

/** The keyset of a page's last member. */
export const MemberCursor = z.strictObject({
  role: Role,
  joined_at: cursorTime,
  user_id: UserId,
});
export type MemberCursor = z.infer<typeof MemberCursor>;
