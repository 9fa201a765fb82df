import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { noSuchClan } from "../clans/problems.ts";
import { findClan } from "../clans/repository.ts";
import { ClanPath } from "../clans/schemas.ts";
import type { Database } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { requiresOrPlayer } from "../http/access.ts";
import { json, noContent } from "../http/answers.ts";
import { NotModified } from "../http/entity-tag.ts";
import { readPage } from "../http/pages.ts";
import { problems } from "../http/problem.ts";
import { UserPath } from "../user-activity/schemas.ts";
import { changeRole, findMemberWithRole } from "./change-role.ts";
import { joinClan } from "./join.ts";
import { leaveClan, requireMembership } from "./leave.ts";
import { requireMayRemove, requireOfficer, requireSelf } from "./permissions.ts";
import { notInAClan } from "./problems.ts";
import { findOwnClan, listMembers } from "./repository.ts";
import {
  Member,
  MemberCursor,
  MemberPage,
  MemberPatch,
  MemberPath,
  MemberQuery,
  type MemberRow,
  OwnClan,
  RemovalQuery,
} from "./schemas.ts";
import type { Turns } from "./turns.ts";

interface Options {
  database: Database;
  turns: Turns;
}

const tags = ["members"];

/** Members of clans: list, join, leave, change roles; and the clan that a player is in. */
export const memberRoutes: FastifyPluginAsyncZod<Options> = async (app, { database, turns }) => {
  app.get(
    "/clans/:id/members",
    {
      // Who plays where is personal: no cache may keep it.
      config: { cacheControl: "no-store" },
      schema: {
        tags,
        operationId: "listMembers",
        summary: "List the members of a clan, the leader first",
        description:
          "A page of 500 has all of them. Of smaller ones, pages go on from the last member of the one before, so that somebody who is given " +
          "another role meanwhile may be on two of them, or on none. Personal data: needs an API key as well, once keys are configured.",
        ...requiresOrPlayer("members:read"),
        params: ClanPath,
        querystring: MemberQuery,
        response: {
          200: json("A page of members", MemberPage),
          304: NotModified,
          ...problems(400, 401, 403, 404, 429, 500, 503),
        },
      },
    },
    async ({ params: { id: clanId }, query }) => {
      const { role = null } = query;
      const { rows, next_page_token } = await readPage(
        { ...query, queryFingerprint: JSON.stringify([clanId, role]), cursor: MemberCursor },
        ({ role, joined_at, user_id }: MemberRow) => ({ role, joined_at, user_id }),
        (range) => listMembers(database, { clanId, role, ...range }),
      );
      if (rows.length === 0 && !(await findClan(database, clanId))) throw noSuchClan(clanId);
      return { members: rows, next_page_token };
    },
  );

  app.get(
    "/users/:user_id/clan",
    {
      config: { cacheControl: "no-store" },
      schema: {
        tags,
        operationId: "getOwnClan",
        summary: "Get the clan that a player is in",
        description:
          "With the player's role. Personal data: needs an API key as well, once keys are configured.",
        ...requiresOrPlayer("members:read"),
        params: UserPath,
        response: {
          200: json("The clan, and the player's part in it", OwnClan),
          304: NotModified,
          ...problems(400, 401, 403, 404, 429, 500, 503),
        },
      },
    },
    async ({ params, playerId }) => {
      requireSelf(playerId, params.user_id);
      const own = await findOwnClan(database, params.user_id);
      if (!own) throw notInAClan(params.user_id);
      return own;
    },
  );

  app.put(
    "/clans/:id/members/:user_id",
    {
      schema: {
        tags,
        operationId: "joinClan",
        summary: "Join a clan that is open",
        description:
          "The first member of a clan leads it. Deletes the player's join requests and invitations. May be repeated: 200 then says " +
          "that they are in. 409 when they are in another clan, which clan_id names, or this one is full or not open.",
        ...requiresOrPlayer("members:write"),
        params: MemberPath,
        response: {
          200: json("The player was a member already", Member),
          201: json("The new member", Member),
          ...problems(400, 401, 403, 404, 408, 409, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params: { id, user_id }, playerId }, reply) => {
      requireSelf(playerId, user_id);
      const { member, isNew } = await joinClan(database, turns(reply.raw), id, user_id);
      if (!isNew) return reply.send(member);
      return reply.code(201).header("location", memberPath(member)).send(member);
    },
  );

  app.patch(
    "/clans/:id/members/:user_id",
    {
      schema: {
        tags,
        operationId: "changeMember",
        summary: "Change the role of a member",
        description:
          "A new leader makes the old one co-leader. 409 when the leader would no longer be one: make another member the leader.",
        ...requiresOrPlayer("members:write"),
        params: MemberPath,
        body: MemberPatch,
        response: {
          200: json("The member as of now", Member),
          ...problems(400, 401, 403, 404, 408, 409, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params: { id, user_id }, body: { role }, playerId }, reply) => {
      const { inTurn, limited } = turns(reply.raw);
      const change = { userId: user_id, role };
      const done = await limited(id, async () => {
        const member = await findMemberWithRole(database, id, change);
        if (!member) await requireOfficer(database, id, playerId);
        return member;
      });
      if (done) return done;
      return inTurn(id, () => retriedTransaction(database, (tx) => changeRole(tx, id, change, playerId)));
    },
  );

  app.delete(
    "/clans/:id/members/:user_id",
    {
      schema: {
        tags,
        operationId: "leaveClan",
        summary: "Leave a clan, or remove a member",
        description:
          "When the leader leaves, the co-leader who joined first leads, or else the member who did. A clan that the last member " +
          "has left stays, empty.",
        ...requiresOrPlayer("members:write"),
        params: MemberPath,
        querystring: RemovalQuery,
        response: {
          204: noContent("The player is no longer a member"),
          ...problems(400, 401, 403, 404, 408, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params: { id, user_id }, query, playerId }, reply) => {
      const isSelf = playerId === user_id;
      const reason = playerId === null ? query.reason : isSelf ? "left" : "kicked";
      const { inTurn, limited } = turns(reply.raw);
      await limited(id, async () => {
        if (!isSelf) await requireOfficer(database, id, playerId);
        await requireMembership(database, id, user_id);
      });
      await inTurn(id, () =>
        retriedTransaction(database, async (tx) => {
          await requireMayRemove(tx, id, user_id, playerId);
          await leaveClan(tx, id, user_id, reason);
        }),
      );
      return reply.code(204).send();
    },
  );
};

const memberPath = ({ clan_id, user_id }: MemberRow) =>
  `/clans/${clan_id}/members/${encodeURIComponent(user_id)}`;
