import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { noSuchClan } from "../clans/problems.ts";
import { findClan } from "../clans/repository.ts";
import { ClanPath } from "../clans/schemas.ts";
import type { Database } from "../database/database.ts";
import { isPublic, requiresOrPlayer } from "../http/access.ts";
import { json } from "../http/answers.ts";
import { NotModified } from "../http/entity-tag.ts";
import { problems } from "../http/problem.ts";
import { requireMember } from "../members/permissions.ts";
import { readClanActivity } from "./clan-activity.ts";
import { readLeaderboard } from "./leaderboard.ts";
import { refreshRegularly } from "./regular-refresh.ts";
import { ActivityQuery, ClanActivity, Leaderboard, LeaderboardQuery } from "./schemas.ts";

interface Options {
  database: Database;
}

/** What the members of clans did: of one clan by day and member, and the best clans. */
export const clanActivityRoutes: FastifyPluginAsyncZod<Options> = async (app, { database }) => {
  const leaderboard = refreshRegularly(database, (error) =>
    app.log.warn({ err: error }, "The leaderboard was not refreshed"),
  );
  app.addHook("onClose", () => leaderboard.stop());

  app.get(
    "/clans/leaderboard",
    {
      config: { cacheControl: "no-cache" },
      schema: {
        tags: ["clans"],
        operationId: "getLeaderboard",
        summary: "Get the clans with most victories or matches",
        description:
          "Of the last days, by the members at the end of each. Refreshed every minute; as_of says when it was.",
        ...isPublic,
        querystring: LeaderboardQuery,
        response: {
          200: json("The leaderboard", Leaderboard),
          304: NotModified,
          ...problems(400, 429, 500, 503),
        },
      },
    },
    ({ query }) => {
      leaderboard.request();
      return readLeaderboard(database, query);
    },
  );

  app.get(
    "/clans/:id/activity",
    {
      // Who plays when is personal: no cache may keep it.
      config: { cacheControl: "no-store" },
      schema: {
        tags: ["clans"],
        operationId: "getClanActivity",
        summary: "Get the matches of a clan's members by day and by member",
        description:
          "A day's activity is attributed to the clan the player belongs to at the end of that day (UTC); today's, to the one they are in " +
          "now. Players may read it of their own clan. Personal data: needs an API key as well, once keys are configured.",
        ...requiresOrPlayer("members:read"),
        params: ClanPath,
        querystring: ActivityQuery,
        response: {
          200: json("The activity of the days", ClanActivity),
          304: NotModified,
          ...problems(400, 401, 403, 404, 429, 500, 503),
        },
      },
    },
    async ({ params: { id: clanId }, query, playerId }) => {
      await requireMember(database, clanId, playerId);
      const sums = await readClanActivity(database, { clanId, ...query });
      if (sums.days.length === 0 && !(await findClan(database, clanId))) throw noSuchClan(clanId);
      return { clan_id: clanId, ...query, ...sums };
    },
  );
};
