import type { Reason } from "../http/reasons.ts";

/** A way into a clan in two steps: the player asks and the clan accepts, or the other way round. */
export interface PendingKind {
  table: "clan_join_requests" | "clan_invitations";
  /** The last part of the path, and of operation ids. */
  path: "join-requests" | "invitations";
  operation: "JoinRequest" | "Invitation";
  tag: string;
  /** Who asks; the other side accepts. */
  startedBy: "player" | "clan";
  /** For people: what it is, and what the two steps are. */
  name: string;
  create: string;
  listOwn: string;
  accept: string;
  remove: string;
  notFound: Reason;
  /** Whether a clan with this mode has none of it. */
  isRefused: (joinMode: string) => boolean;
}

export const joinRequests: PendingKind = {
  table: "clan_join_requests",
  path: "join-requests",
  operation: "JoinRequest",
  tag: "join requests",
  startedBy: "player",
  name: "join request",
  create: "Ask to join a clan",
  listOwn: "List the join requests of a player, oldest first",
  accept: "Accept a join request: the player joins",
  remove: "Decline or withdraw a join request",
  notFound: "JOIN_REQUEST_NOT_FOUND",
  isRefused: (joinMode) => joinMode === "closed",
};

export const invitations: PendingKind = {
  table: "clan_invitations",
  path: "invitations",
  operation: "Invitation",
  tag: "invitations",
  startedBy: "clan",
  name: "invitation",
  create: "Invite a player to a clan",
  listOwn: "List the invitations of a player, oldest first",
  accept: "Accept an invitation: the player joins, whatever the clan's join_mode",
  remove: "Decline or withdraw an invitation",
  notFound: "INVITATION_NOT_FOUND",
  isRefused: () => false,
};
