import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { FiguresAnswer } from "./answers.ts";
import { compressAnswer, decompressAnswer, sendCompressed } from "./compression.ts";
import { entityTag, isKnown, revalidate } from "./entity-tag.ts";
import { figuresSql, readFigures } from "./figures.ts";
import { FiguresQuery, type FiguresQuestion, toQuestion } from "./figures-question.ts";
import { derivedScope, type Reader, type Reading } from "./reader.ts";
import { responses } from "./responses.ts";

/** `GET /api/figures`: sums of daily_metrics by day, country and platform. */
export function figuresRoute(app: FastifyInstance, reader: Reader): void {
  app.get<{ Querystring: FiguresQuery }>(
    "/api/figures",
    { schema: { querystring: FiguresQuery, response: responses(FiguresAnswer) } },
    async (request, reply) => {
      const question = toQuestion(request.query);
      const tagOf = ({ version, isHeld }: Omit<Reading<unknown>, "value">) =>
        entityTag(answerFormat, reader.source.name, figuresSql(question), question, version, isHeld);
      const reading = await reader.cached(
        `figures ${JSON.stringify(question)}`,
        async (version) =>
          compressAnswer(
            await reader.source.withWarehouse((warehouse) => readFigures(warehouse, question, version)),
          ),
        {
          ...derivedScope,
          isKnown: (version) => isKnown(request, tagOf({ version, isHeld: false })),
        },
      );
      if (revalidate(request, reply, tagOf(reading))) return reply.send();
      if (!reading.value) return noFigures(question);
      if (!reading.isHeld) return sendCompressed(reading.value, request, reply);
      const json = await decompressAnswer(reading.value);
      return reply
        .type("application/json; charset=utf-8")
        .send(json.replace(/"isHeld":false/, '"isHeld":true'));
    },
  );
}

// So that a browser keeps no answer in a form that the page no longer reads.
const answerFormat = z.toJSONSchema(FiguresAnswer);

const noFigures = ({ by }: FiguresQuestion): FiguresAnswer => ({
  version: null,
  isHeld: false,
  days: 0,
  groups: Object.fromEntries(by.map((name) => [name, []])),
  sums: {
    dau: [],
    total_iap_revenue: [],
    total_ad_revenue: [],
    matches_started: [],
    matches_ended: [],
    victories: [],
    defeats: [],
    server_connection_errors: [],
    payers: [],
    new_users: [],
    total_sessions: [],
    total_session_duration: [],
  },
});
