import { today } from "@clan-platform/warehouse/days.ts";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { CohortsAnswer, PeopleAnswer } from "./answers.ts";
import { readCohorts } from "./cohorts.ts";
import { derivedAnswer } from "./derived-answer.ts";
import { readPeople } from "./people.ts";
import { CohortsQuery, PeopleQuery } from "./people-question.ts";
import type { Reader } from "./reader.ts";
import { responses } from "./responses.ts";

/** `GET /api/people`: distinct users by day. `GET /api/cohorts`: retention and revenue by week of the install. */
export function peopleRoutes(scope: FastifyInstance, reader: Reader): void {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get(
    "/api/people",
    { schema: { querystring: PeopleQuery, response: responses(PeopleAnswer) } },
    (request, reply) =>
      derivedAnswer(reader, request, reply, {
        key: `people ${JSON.stringify(request.query)}`,
        read: (warehouse) => readPeople(warehouse, request.query),
        toAnswer: (days = []) => ({ days }),
      }),
  );

  app.get(
    "/api/cohorts",
    { schema: { querystring: CohortsQuery, response: responses(CohortsAnswer) } },
    (request, reply) => {
      const now = today();
      return derivedAnswer(reader, request, reply, {
        // A day that is over now was not when it was still that day.
        key: `cohorts ${now} ${JSON.stringify(request.query)}`,
        read: (warehouse) => readCohorts(warehouse, request.query, now),
        toAnswer: (weeks = []) => ({ weeks }),
      });
    },
  );
}
