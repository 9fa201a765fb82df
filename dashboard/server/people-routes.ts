import { today } from "@clan-platform/warehouse/days.ts";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { CohortsAnswer, PeopleAnswer } from "./answers.ts";
import { readCohorts } from "./cohorts.ts";
import { answerOrNotModified } from "./entity-tag.ts";
import { readPeople } from "./people.ts";
import { CohortsQuery, PeopleQuery } from "./people-question.ts";
import { derivedScope, type Reader } from "./reader.ts";
import { responses } from "./responses.ts";

/** `GET /api/people`: distinct users by day. `GET /api/cohorts`: retention and revenue by week of the install. */
export function peopleRoutes(scope: FastifyInstance, reader: Reader): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get(
    "/api/people",
    { schema: { querystring: PeopleQuery, response: responses(PeopleAnswer) } },
    async (request, reply) => {
      const { query } = request;
      const {
        version,
        isHeld,
        value = [],
      } = await reader.read(
        `people ${JSON.stringify(query)}`,
        (warehouse) => readPeople(warehouse, query),
        derivedScope,
      );
      return answerOrNotModified(request, reply, { version, isHeld, days: value });
    },
  );

  app.get(
    "/api/cohorts",
    { schema: { querystring: CohortsQuery, response: responses(CohortsAnswer) } },
    async (request, reply) => {
      const { query } = request;
      const now = today();
      const {
        version,
        isHeld,
        value = [],
      } = await reader.read(
        // A day that is over now was not when it was still that day.
        `cohorts ${now} ${JSON.stringify(query)}`,
        (warehouse) => readCohorts(warehouse, query, now),
        derivedScope,
      );
      return answerOrNotModified(request, reply, { version, isHeld, weeks: value });
    },
  );
}
