import type { IncomingHttpHeaders } from "node:http";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { z } from "zod";
import type { Database, Queryable, Writable } from "../database/database.ts";
import { isPublic, requires } from "../http/access.ts";
import { json, noContent } from "../http/answers.ts";
import {
  entityTag,
  hasPreconditions,
  NotModified,
  PreconditionHeaders,
  requirePreconditions,
} from "../http/entity-tag.ts";
import { type PageSlice, readBoundedPage } from "../http/pages.ts";
import { Problem, type ProblemBody, problems, problemType } from "../http/problem.ts";
import {
  type Answer,
  answerOnce,
  fingerprint,
  IdempotencyHeaders,
  storageKey,
} from "../idempotency/idempotency.ts";
import * as repository from "./repository.ts";
import { Clan, ClanPage, ClanPath, ListQuery, NewClan, PageCursor, SearchQuery } from "./schemas.ts";
import { createSearch } from "./search.ts";
import { limitSearches } from "./search-limit.ts";

interface Options {
  database: Database;
  /** How many searches may run at once. */
  searchesAtOnce: number;
}

/** Clans: create, list, search, get, delete. */
export const clanRoutes: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { database, searchesAtOnce } = options;
  const search = limitSearches(createSearch(database), searchesAtOnce);

  app.post(
    "/clans",
    {
      schema: {
        tags: ["clans"],
        operationId: "createClan",
        summary: "Create a clan",
        description:
          "Names are unique, whatever their case: where one exists, the answer is 409 with its clan_id. Send an Idempotency-Key to repeat a request safely.",
        ...requires("clans:write"),
        headers: IdempotencyHeaders,
        body: NewClan,
        response: {
          201: json("The new clan", Clan),
          ...problems(400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const clan = { name: request.body.name, region: request.body.region ?? null };
      const answer = await answerOnce(
        database,
        {
          key: storageKey(request),
          fingerprint: () => fingerprint([clan.name, clan.region]),
        },
        (tx) => createClan(tx, clan, request.id),
      );
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
        summary: "List clans, newest first; or find the one with a name",
        description:
          "Pages go on from the last clan of the one before, so that clans created meanwhile neither repeat nor hide others. With name, the page has one clan or none.",
        ...isPublic,
        querystring: ListQuery,
        response: {
          200: json("A page of clans", ClanPage),
          304: NotModified,
          ...problems(400, 429, 500, 503),
        },
      },
    },
    async ({ query }) => {
      const { name, region = null } = query;
      if (name !== undefined) {
        return page(query, `named ${name} in ${region ?? ""}`, async () => {
          const clan = await repository.findClanByName(database, { name, region });
          return { rows: clan ? [clan] : [], stoppedAt: null };
        });
      }
      return page(query, `region ${region ?? ""}`, async (range) => ({
        rows: await repository.listClans(database, { region, ...range }),
        stoppedAt: null,
      }));
    },
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
      return page(query, `name ${name}`, (range) => search({ name, ...range }));
    },
  );

  app.get(
    "/clans/:id",
    {
      config: { cacheControl: "no-cache" },
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
      const clan = await repository.findClan(database, params.id);
      if (!clan) throw noSuchClan(params.id);
      return clan;
    },
  );

  app.delete(
    "/clans/:id",
    {
      schema: {
        tags: ["clans"],
        operationId: "deleteClan",
        summary: "Delete a clan",
        description: "Its name is free afterwards. May be repeated: 404 then says that it is gone.",
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
      const deleted = hasPreconditions(headers)
        ? await database.transaction((tx) => deleteIf(tx, params.id, headers))
        : await repository.deleteClan(database, params.id);
      if (!deleted) throw noSuchClan(params.id);
      return reply.code(204).send();
    },
  );
};

type Creation = Answer<201, repository.ClanRow> | Answer<409, z.infer<typeof ProblemBody>>;

async function createClan(
  database: Queryable & Writable,
  clan: { name: string; region: string | null },
  requestId: string,
): Promise<Creation> {
  // A clan that is deleted between the two queries has neither; the name is free then, so try again.
  for (let attempt = 0; attempt < 3; attempt++) {
    const created = await repository.insertClan(database, clan);
    if (created) return { status: 201, headers: { location: `/clans/${created.id}` }, body: created };
    const id = await repository.findClanIdByName(database, clan.name);
    if (id) {
      const taken = new Problem(409, "CLAN_NAME_TAKEN", "A clan with this name exists.", { clan_id: id });
      return { status: 409, headers: { "content-type": problemType }, body: taken.body(requestId) };
    }
  }
  const headers = { "retry-after": "1" };
  throw new Problem(503, "CLAN_NAME_CONTENDED", "This name is being created and deleted; try again.", {
    headers,
  });
}

/** Deletes a clan if the preconditions hold for its representation; otherwise the error rolls the deletion back. */
async function deleteIf(tx: Queryable, id: string, headers: IncomingHttpHeaders): Promise<boolean> {
  const clan = await repository.takeClan(tx, id);
  if (clan) requirePreconditions(headers, entityTag(JSON.stringify(clan)));
  return clan !== null;
}

async function page(
  query: { page_size: number; page_token?: string | undefined },
  queryFingerprint: string,
  read: (range: {
    after: PageCursor | null;
    limit: number;
  }) => Promise<PageSlice<repository.ClanRow, PageCursor>>,
): Promise<z.infer<typeof ClanPage>> {
  const cursorOf = ({ created_at, id }: repository.ClanRow) => ({ created_at, id });
  const { rows, next_page_token } = await readBoundedPage(
    { ...query, queryFingerprint, cursor: PageCursor },
    cursorOf,
    read,
  );
  return { clans: rows, next_page_token };
}

function noSuchClan(id: string): Problem {
  return new Problem(404, "CLAN_NOT_FOUND", `There is no clan ${id}.`);
}
