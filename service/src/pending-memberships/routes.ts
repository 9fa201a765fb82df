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
import { answerOnceWithin, fingerprint, IdempotencyHeaders, storageKey } from "../idempotency/idempotency.ts";
import { lockForOfficer, requireOfficer } from "../members/permissions.ts";
import { Member, MemberPath } from "../members/schemas.ts";
import type { Turns } from "../members/turns.ts";
import { acceptLocksClan, acceptPending, noSuchPending } from "./accept.ts";
import { createPending } from "./create.ts";
import type { PendingKind } from "./kinds.ts";
import { requireMayAccept } from "./permissions.ts";
import { deletePending, listPending } from "./repository.ts";
import {
  NewPending,
  PendingCursor,
  PendingMembership,
  PendingPage,
  PendingQuery,
  type PendingRow,
} from "./schemas.ts";

interface Options {
  database: Database;
  turns: Turns;
  kind: PendingKind;
}

/** Join requests, or invitations: create, list, accept, delete. */
export const pendingRoutes: FastifyPluginAsyncZod<Options> = async (app, { database, turns, kind }) => {
  const { path, operation, name } = kind;
  const tags = [kind.tag];

  app.post(
    `/clans/:id/${path}`,
    {
      schema: {
        tags,
        operationId: `create${operation}`,
        summary: kind.create,
        description: `A player has at most one ${name} per clan: where there is one, the answer is 200 with it. It expires after 7 days, and when the player joins a clan. 409 when the player is in a clan already.`,
        ...requiresOrPlayer("members:write"),
        headers: IdempotencyHeaders,
        params: ClanPath,
        body: NewPending,
        response: {
          200: json(`The ${name} that there is`, PendingMembership),
          201: json(`The new ${name}`, PendingMembership),
          ...problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const { id: clanId } = request.params;
      const { user_id } = request.body;
      const step = { clanId, userId: user_id, actor: request.playerId, key: storageKey(request) };
      const answer = await createPending(database, kind, step, turns(reply.raw));
      reply.code(answer.status).headers(answer.headers);
      if (answer.status === 201)
        reply.header("location", `/clans/${clanId}/${path}/${encodeURIComponent(user_id)}`);
      return reply.send({ user_id, ...answer.body });
    },
  );

  app.get(
    `/clans/:id/${path}`,
    {
      config: { cacheControl: "no-store" },
      schema: {
        tags,
        operationId: `list${operation}s`,
        summary: `List the ${name}s of a clan, oldest first`,
        description: "Personal data: needs an API key as well, once keys are configured.",
        ...requiresOrPlayer("members:read"),
        params: ClanPath,
        querystring: PendingQuery,
        response: {
          200: json("A page of them", PendingPage),
          304: NotModified,
          ...problems(400, 401, 403, 404, 429, 500, 503),
        },
      },
    },
    async ({ params: { id: clanId }, query, playerId }) => {
      await requireOfficer(database, clanId, playerId);
      const { rows, next_page_token } = await readPage(
        { ...query, queryFingerprint: `${path} of ${clanId}`, cursor: PendingCursor },
        ({ created_at, user_id }: PendingRow) => ({ created_at, user_id }),
        (range) => listPending(database, kind, { clanId, ...range }),
      );
      if (rows.length === 0 && !(await findClan(database, clanId))) throw noSuchClan(clanId);
      return { entries: rows, next_page_token };
    },
  );

  app.post(
    `/clans/:id/${path}/:user_id/accept`,
    {
      schema: {
        tags,
        operationId: `accept${operation}`,
        summary: kind.accept,
        description:
          "Answers 200 as well when the player is a member already. 409 when they are in another clan, which clan_id names, or this one is full.",
        ...requiresOrPlayer("members:write"),
        headers: IdempotencyHeaders,
        params: MemberPath,
        response: {
          200: json("The member", Member),
          ...problems(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const { id: clanId, user_id } = request.params;
      const receive = async () => ({ fingerprint: fingerprint([clanId, user_id]) });
      const step = { clanId, userId: user_id, actor: request.playerId };
      const accept = () =>
        retriedTransaction(database, (tx) =>
          answerOnceWithin(tx, { key: storageKey(request), receive }, async () => {
            await requireMayAccept(tx, kind, step);
            // Stored without the player, because an erased one must not be in an answer.
            const { user_id: _, ...body } = await acceptPending(tx, kind, clanId, user_id);
            return { status: 200, headers: {}, body };
          }),
        );
      const { inTurn, limited } = turns(reply.raw);
      const locksClan = await limited(clanId, () => acceptLocksClan(database, kind, step));
      const answer = await (locksClan ? inTurn : limited)(clanId, accept);
      return reply.headers(answer.headers).send({ user_id, ...answer.body });
    },
  );

  app.delete(
    `/clans/:id/${path}/:user_id`,
    {
      schema: {
        tags,
        operationId: `delete${operation}`,
        summary: kind.remove,
        description: "May be repeated: 404 then says that it is gone.",
        ...requiresOrPlayer("members:write"),
        params: MemberPath,
        response: {
          204: noContent("Deleted"),
          ...problems(400, 401, 403, 404, 408, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params: { id, user_id }, playerId }, reply) => {
      // Either of the two sides.
      const locksClan = playerId !== null && playerId !== user_id;
      const { inTurn, limited } = turns(reply.raw);
      if (locksClan) await limited(id, () => requireOfficer(database, id, playerId));
      const deleteOnce = () =>
        retriedTransaction(database, async (tx) => {
          if (locksClan) await lockForOfficer(tx, id, playerId);
          return deletePending(tx, kind, id, user_id);
        });
      const isDeleted = await (locksClan ? inTurn : limited)(id, deleteOnce);
      if (isDeleted) return reply.code(204).send();
      throw (await findClan(database, id)) ? noSuchPending(kind, user_id) : noSuchClan(id);
    },
  );
};
