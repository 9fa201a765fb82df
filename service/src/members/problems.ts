import { Problem } from "../http/problem.ts";

export const notInAClan = (userId: string) =>
  new Problem(404, "NOT_IN_A_CLAN", `The player ${userId} is in no clan.`);

export const noSuchMember = (userId: string) =>
  new Problem(404, "MEMBER_NOT_FOUND", `The player ${userId} is not in this clan.`);

export const inAnotherClan = (clan_id: string) =>
  new Problem(409, "IN_ANOTHER_CLAN", "The player is in another clan, and has to leave it first.", {
    clan_id,
  });

export const alreadyAMember = () =>
  new Problem(409, "ALREADY_A_MEMBER", "The player is in this clan already.");

export const clanFull = (maxMembers: number) =>
  new Problem(409, "CLAN_FULL", `The clan has ${maxMembers} members, as many as it takes.`);

export const clanNotOpen = (joinMode: string) =>
  new Problem(
    409,
    "CLAN_NOT_OPEN",
    joinMode === "request"
      ? "The clan accepts join requests: send one, or be invited."
      : "The clan is closed: one has to be invited.",
  );

export const leaderRequired = () =>
  new Problem(409, "LEADER_REQUIRED", "A clan has a leader: make another member the leader instead.");

/** A player who joins and leaves clans faster than this can join one. */
export const membershipContended = () =>
  new Problem(503, "MEMBERSHIP_CONTENDED", "The player is joining and leaving clans; try again.", {
    headers: { "retry-after": "1" },
  });
