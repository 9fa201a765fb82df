import { today } from "@clan-platform/warehouse/days.ts";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { DaysQuery, day, isInOrder, outOfOrder } from "./answers.ts";
import { ClanAnswer, ClansAnswer, FoundClansAnswer, MembershipRetentionAnswer } from "./clan-answers.ts";
import { findClans, noClans, readClan, readClans, readMembershipRetention } from "./clans.ts";
import { derivedAnswer } from "./derived-answer.ts";
import type { Reader } from "./reader.ts";
import { responses } from "./responses.ts";

const given = z.string().trim().min(1, "must not be empty").max(256);
const ClanQuery = z.strictObject({ from: day, to: day, id: given }).refine(isInOrder, outOfOrder);
const FoundClansQuery = z.strictObject({ from: day, to: day, text: given }).refine(isInOrder, outOfOrder);

/**
 * `GET /api/clans`: the health of all clans. `GET /api/found-clans`: clans by name or id. `GET /api/clan`: one clan by day.
 * `GET /api/membership-retention`: who stays, in a clan and without.
 */
export function clanRoutes(scope: FastifyInstance, reader: Reader): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get(
    "/api/clans",
    { schema: { querystring: DaysQuery, response: responses(ClansAnswer) } },
    (request, reply) =>
      derivedAnswer(reader, request, reply, {
        key: `clans ${JSON.stringify(request.query)}`,
        read: (warehouse) => readClans(warehouse, request.query),
        toAnswer: (clans = noClans) => clans,
      }),
  );

  app.get(
    "/api/found-clans",
    { schema: { querystring: FoundClansQuery, response: responses(FoundClansAnswer) } },
    (request, reply) =>
      derivedAnswer(reader, request, reply, {
        key: `found-clans ${JSON.stringify(request.query)}`,
        read: (warehouse) => findClans(warehouse, request.query),
        toAnswer: (clans = []) => ({ clans }),
      }),
  );

  app.get(
    "/api/clan",
    { schema: { querystring: ClanQuery, response: responses(ClanAnswer) } },
    (request, reply) =>
      derivedAnswer(reader, request, reply, {
        key: `clan ${JSON.stringify(request.query)}`,
        read: (warehouse) => readClan(warehouse, request.query, reader.source),
        toAnswer: (clan = { days: [], deleted_date: null }) => clan,
      }),
  );

  app.get(
    "/api/membership-retention",
    { schema: { querystring: DaysQuery, response: responses(MembershipRetentionAnswer) } },
    (request, reply) => {
      const now = today();
      return derivedAnswer(reader, request, reply, {
        // A day that is over now was not when it was still that day.
        key: `membership-retention ${now} ${JSON.stringify(request.query)}`,
        read: (warehouse) => readMembershipRetention(warehouse, request.query, now),
        toAnswer: (groups = []) => ({ groups }),
      });
    },
  );
}
