import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import type { Database } from "../database/database.ts";
import { requiresOrPlayer } from "../http/access.ts";
import { json } from "../http/answers.ts";
import { entityTag, PreconditionHeaders } from "../http/entity-tag.ts";
import { acceptMergePatches, mergePatch } from "../http/json-body.ts";
import { problems } from "../http/problem.ts";
import { requireOfficer } from "../members/permissions.ts";
import type { Turns } from "../members/turns.ts";
import { changeClan } from "./change-clan.ts";
import { Clan, ClanPatch, ClanPath } from "./schemas.ts";

interface Options {
  database: Database;
  turns: Turns;
}

/** Changes a clan by a JSON merge patch. */
export const patchRoute: FastifyPluginAsyncZod<Options> = async (app, { database, turns }) => {
  acceptMergePatches(app);

  app.patch(
    "/clans/:id",
    {
      config: { isCompressed: false },
      schema: {
        tags: ["clans"],
        operationId: "changeClan",
        summary: "Change a clan",
        description:
          "A JSON merge patch: fields that are not in it stay as they are, and null takes away region or description. " +
          "With If-Match, only the version that was read is changed.",
        ...requiresOrPlayer("clans:write"),
        headers: PreconditionHeaders,
        params: ClanPath,
        consumes: ["application/json", mergePatch],
        body: ClanPatch,
        response: {
          200: json("The clan as it is now", Clan),
          ...problems(400, 401, 403, 404, 408, 409, 412, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params, headers, body, playerId }, reply) => {
      const { inTurn, limited } = turns(reply.raw);
      await limited(params.id, () => requireOfficer(database, params.id, playerId));
      const clan = await inTurn(params.id, () =>
        changeClan(database, params.id, body, { headers, actor: playerId }),
      );
      return reply.header("etag", entityTag(JSON.stringify(clan))).send(clan);
    },
  );
};
