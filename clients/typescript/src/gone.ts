import type { Problem, Reason } from "./errors.ts";

/** By what is deleted, the reason why there is nothing to delete. */
const reasons: [path: RegExp, reason: Reason][] = [
  [/\/clans\/[^/]+$/, "CLAN_NOT_FOUND"],
  [/\/clans\/[^/]+\/members\/[^/]+$/, "MEMBER_NOT_FOUND"],
  [/\/clans\/[^/]+\/join-requests\/[^/]+$/, "JOIN_REQUEST_NOT_FOUND"],
  [/\/clans\/[^/]+\/invitations\/[^/]+$/, "INVITATION_NOT_FOUND"],
];

/**
 * Whether a deletion was refused because the very thing to delete isn't there: that is what a repeated one is answered, when the
 * attempt whose answer was lost has done it. A clan that isn't there says nothing of a member to remove from it.
 */
export function isGone({ method, url }: Request, problem: Problem | undefined): boolean {
  const { pathname } = new URL(url);
  return (
    method === "DELETE" && reasons.some(([path, reason]) => path.test(pathname) && problem?.reason === reason)
  );
}
