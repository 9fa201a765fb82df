import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Database } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { isPublic, requires, requiresOrPlayer } from "../http/access.ts";
import { json, noContent } from "../http/answers.ts";
import { NotModified, PreconditionHeaders } from "../http/entity-tag.ts";
import { problems } from "../http/problem.ts";
import { IdempotencyHeaders, storageKey } from "../idempotency/idempotency.ts";
import { requireSelf } from "../members/permissions.ts";
import type { Turns } from "../members/turns.ts";
import { createClan } from "./create-clan.ts";
import { deleteClan } from "./delete-clan.ts";
import { filterOf, listPage, readClanPage, textOf } from "./list-page.ts";
import { patchRoute } from "./patch-route.ts";
import { noSuchClan } from "./problems.ts";
import { findClan } from "./repository.ts";
import { Clan, ClanPage, ClanPath, ListQuery, NewClan, SearchQuery } from "./schemas.ts";
import { createSearch } from "./search.ts";
import { limitSearches } from "./search-limit.ts";

interface Options {
  database: Database;
  turns: Turns;
  /** How many searches may run at once. */
  searchesAtOnce: number;
}

/** Clans: create, list, search, get, change, delete. */
export const clanRoutes: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { database, turns, searchesAtOnce } = options;
  const search = limitSearches(createSearch(database), searchesAtOnce);

  app.post(
    "/clans",
    {
      schema: {
        tags: ["clans"],
        operationId: "createClan",
        summary: "Create a clan",
        description:
          "Names are unique, whatever their case: where one exists, the answer is 409 with its clan_id. A leader who is in another " +
          "clan is answered 409 as well. A player leads the clan they create. Send an Idempotency-Key to repeat a request safely.",
        ...requiresOrPlayer("clans:write"),
        headers: IdempotencyHeaders,
        body: NewClan,
        response: {
          201: json("The new clan", Clan),
          ...problems(400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const { body, playerId } = request;
      if (body.leader_user_id !== undefined) requireSelf(playerId, body.leader_user_id);
      const clan = playerId === null ? body : { ...body, leader_user_id: playerId };
      const answer = await createClan(database, clan, { key: storageKey(request), id: request.id });
      reply.headers(answer.headers);
      return answer.status === 201 ? reply.code(201).send(answer.body) : reply.code(409).send(answer.body);
    },
  );

  app.get(
    "/clans",
    {
      config: { cacheControl: "no-cache" },
      schema: {
        tags: ["clans"],
        operationId: "listClans",
        summary: "List clans, or find those with a name or with ids",
        description:
          "Pages go on from the last clan of the one before, so that clans created meanwhile neither repeat nor hide others. With name, the page has one clan or none; " +
          "with ids, one page has all of these that there are. One request looks at a limited number of clans, so that a page of few " +
          "that pass a filter may be short, or empty: as long as next_page_token is set, go on with it.",
        ...isPublic,
        querystring: ListQuery,
        response: {
          200: json("A page of clans", ClanPage),
          304: NotModified,
          ...problems(400, 429, 500, 503),
        },
      },
    },
    ({ query }) => listPage(database, query),
  );

  app.get(
    "/clans/search",
    {
      config: { cacheControl: "no-cache" },
      schema: {
        tags: ["clans"],
        operationId: "searchClans",
        summary: "Search clans by a part of the name, newest first",
        ...isPublic,
        description:
          "One request looks at a limited number of clans. Of a text whose characters many clans have, a page may therefore " +
          "have fewer clans than page_size, or none, although there are more: as long as next_page_token is set, go on with it.",
        querystring: SearchQuery,
        response: {
          200: json("A page of clans", ClanPage),
          304: NotModified,
          ...problems(400, 429, 500, 503),
        },
      },
    },
    async ({ query }) => {
      const { name } = query;
      const filter = filterOf(query);
      return readClanPage(query, `name ${name}${textOf(filter)}`, (range) =>
        search({ name, filter, ...range }),
      );
    },
  );

  app.get(
    "/clans/:id",
    {
      config: { cacheControl: "no-cache", isCompressed: false },
      schema: {
        tags: ["clans"],
        operationId: "getClan",
        summary: "Get a clan",
        description: "By its id.",
        ...isPublic,
        params: ClanPath,
        response: { 200: json("The clan", Clan), 304: NotModified, ...problems(400, 404, 429, 500, 503) },
      },
    },
    async ({ params }) => {
      const clan = await findClan(database, params.id);
      if (!clan) throw noSuchClan(params.id);
      return clan;
    },
  );

  await app.register(patchRoute, { database, turns });

  app.delete(
    "/clans/:id",
    {
      schema: {
        tags: ["clans"],
        operationId: "deleteClan",
        summary: "Delete a clan",
        description:
          "Ends the memberships in it. Its name is free afterwards. May be repeated: 404 then says that it is gone.",
        ...requires("clans:write"),
        headers: PreconditionHeaders,
        params: ClanPath,
        response: {
          204: noContent("Deleted"),
          ...problems(400, 401, 403, 404, 408, 412, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params, headers }, reply) => {
      await turns(reply.raw).inTurn(params.id, () =>
        retriedTransaction(database, (tx) => deleteClan(tx, params.id, headers)),
      );
      return reply.code(204).send();
    },
  );
};
