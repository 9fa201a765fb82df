import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Database } from "../database/database.ts";
import { requiresOrPlayer } from "../http/access.ts";
import { json } from "../http/answers.ts";
import { NotModified } from "../http/entity-tag.ts";
import { readPage } from "../http/pages.ts";
import { problems } from "../http/problem.ts";
import { requireSelf } from "../members/permissions.ts";
import { UserPath } from "../user-activity/schemas.ts";
import type { PendingKind } from "./kinds.ts";
import { listOwnPending } from "./repository.ts";
import { OwnPendingCursor, PendingPage, PendingQuery, type PendingRow } from "./schemas.ts";

interface Options {
  database: Database;
  kind: PendingKind;
}

/** The join requests of a player, or their invitations. */
export const ownPendingRoutes: FastifyPluginAsyncZod<Options> = async (app, { database, kind }) => {
  const { path, operation, tag, listOwn } = kind;
  app.get(
    `/users/:user_id/${path}`,
    {
      config: { cacheControl: "no-store" },
      schema: {
        tags: [tag],
        operationId: `listOwn${operation}s`,
        summary: listOwn,
        description:
          "Of all clans; those that have expired are not listed. Personal data: needs an API key, or the player's token, once callers have to identify themselves.",
        ...requiresOrPlayer("members:read"),
        params: UserPath,
        querystring: PendingQuery,
        response: {
          200: json("A page of them", PendingPage),
          304: NotModified,
          ...problems(400, 401, 403, 429, 500, 503),
        },
      },
    },
    async ({ params: { user_id: userId }, query, playerId }) => {
      requireSelf(playerId, userId);
      const { rows, next_page_token } = await readPage(
        { ...query, queryFingerprint: JSON.stringify([path, userId]), cursor: OwnPendingCursor },
        ({ created_at, clan_id }: PendingRow) => ({ created_at, clan_id }),
        (range) => listOwnPending(database, kind, { userId, ...range }),
      );
      return { entries: rows, next_page_token };
    },
  );
};
