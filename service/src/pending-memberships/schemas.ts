import { UserId } from "@clan-platform/contract/kinds/id.ts";
import { nameUnknown } from "@clan-platform/contract/unknown-fields.ts";
import { z } from "zod";
import { cursorTime, nextPageToken, pageQuery } from "../http/pages.ts";

const time = z.string().meta({ format: "date-time", description: "UTC, to the microsecond" });

/** A join request or an invitation. */
export const PendingMembership = z
  .object({
    user_id: z.string().meta({ description: "The player who may join" }),
    clan_id: z.string().meta({ format: "uuid", description: "The clan" }),
    created_at: time,
    expires_at: time.meta({ description: "7 days later: it is void from then on" }),
  })
  .meta({
    id: "PendingMembership",
    examples: [
      {
        user_id: "player-4711",
        clan_id: "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55",
        created_at: "2026-02-03T18:30:00.654321Z",
        expires_at: "2026-02-10T18:30:00.654321Z",
      },
    ],
  });
export type PendingRow = z.infer<typeof PendingMembership>;

export const PendingPage = z
  .object({
    entries: z.array(PendingMembership).meta({ description: "The oldest first" }),
    next_page_token: nextPageToken,
  })
  .meta({ id: "PendingMembershipPage" });

export const NewPending = z
  .strictObject({ user_id: UserId.meta({ description: "The player who may join" }) }, { error: nameUnknown })
  .meta({ id: "CreatePendingMembershipRequest", examples: [{ user_id: "player-4711" }] });

export const PendingQuery = z.strictObject(pageQuery, { error: nameUnknown });

/** The keyset of a page's last entry. */
export const PendingCursor = z.strictObject({
  created_at: cursorTime,
  user_id: UserId,
});
export type PendingCursor = z.infer<typeof PendingCursor>;

/** The same, of a player's entries. */
export const OwnPendingCursor = z.strictObject({
  created_at: cursorTime,
  clan_id: z.uuid(),
});
export type OwnPendingCursor = z.infer<typeof OwnPendingCursor>;
