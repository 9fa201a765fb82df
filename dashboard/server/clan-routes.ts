import { today } from "@clan-platform/warehouse/days.ts";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import {
  ClanAnswer,
  ClansAnswer,
  DaysQuery,
  day,
  isInOrder,
  MembershipRetentionAnswer,
  outOfOrder,
} from "./answers.ts";
import { readClan, readClans, readMembershipRetention } from "./clans.ts";
import { answerOrNotModified } from "./entity-tag.ts";
import { derivedScope, type Reader } from "./reader.ts";
import { responses } from "./responses.ts";

const ClanQuery = z
  .strictObject({ from: day, to: day, id: z.string().min(1, "must not be empty").max(128) })
  .refine(isInOrder, outOfOrder);

/**
 * `GET /api/clans`: the health of all clans. `GET /api/clan`: one clan by day. `GET /api/membership-retention`: who stays, in a
 * clan and without.
 */
export function clanRoutes(scope: FastifyInstance, reader: Reader): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get(
    "/api/clans",
    { schema: { querystring: DaysQuery, response: responses(ClansAnswer) } },
    async (request, reply) => {
      const { query } = request;
      const {
        version,
        isHeld,
        value = { day: null, health: [], growing: [], fading: [] },
      } = await reader.read(
        `clans ${JSON.stringify(query)}`,
        (warehouse) => readClans(warehouse, query),
        derivedScope,
      );
      return answerOrNotModified(request, reply, { version, isHeld, ...value });
    },
  );

  app.get(
    "/api/clan",
    { schema: { querystring: ClanQuery, response: responses(ClanAnswer) } },
    async (request, reply) => {
      const { query } = request;
      const {
        version,
        isHeld,
        value = [],
      } = await reader.read(
        `clan ${JSON.stringify(query)}`,
        (warehouse) => readClan(warehouse, query),
        derivedScope,
      );
      return answerOrNotModified(request, reply, { version, isHeld, days: value });
    },
  );

  app.get(
    "/api/membership-retention",
    { schema: { querystring: DaysQuery, response: responses(MembershipRetentionAnswer) } },
    async (request, reply) => {
      const { query } = request;
      const now = today();
      const {
        version,
        isHeld,
        value = [],
      } = await reader.read(
        // A day that is over now was not when it was still that day.
        `membership-retention ${now} ${JSON.stringify(query)}`,
        (warehouse) => readMembershipRetention(warehouse, query, now),
        derivedScope,
      );
      return answerOrNotModified(request, reply, { version, isHeld, groups: value });
    },
  );
}
