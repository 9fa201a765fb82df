import { Readable } from "node:stream";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database } from "../database/database.ts";
import { retriedTransaction } from "../database/retried-transaction.ts";
import { requires } from "../http/access.ts";
import { noContent } from "../http/answers.ts";
import { problems } from "../http/problem.ts";
import { findMembership } from "../members/repository.ts";
import type { Turns } from "../members/turns.ts";
import { UserPath } from "../user-activity/schemas.ts";
import { eraseUser } from "./erase.ts";
import { exportUser } from "./export.ts";

interface Options {
  database: Database;
  turns: Turns;
}

/** What is held about a person: export and erase. */
export const userRoutes: FastifyPluginAsyncZod<Options> = async (app, { database, turns }) => {
  app.get(
    "/users/:user_id/export",
    {
      schema: {
        tags: ["users"],
        operationId: "exportUser",
        summary: "Export all that is held about a person",
        description:
          "Lines of JSON, each with a type: membership, membership_period, join_request, invitation, activity, and erasure when their " +
          "activity was erased less than 90 days ago. Without anything, the answer is empty. Later versions may add types and fields.",
        ...requires("users:export"),
        params: UserPath,
        response: {
          200: {
            description: "A line for each thing",
            content: {
              "application/x-ndjson": {
                schema: z.string().meta({ description: "Lines of JSON, each an object with a type" }),
              },
            },
          },
          ...problems(400, 401, 403, 429, 500, 503),
        },
      },
    },
    async ({ params }, reply) => {
      const lines = exportUser(database, params.user_id);
      // The first is read before the answer begins, so that a database that is away is answered 503.
      const first = await lines.next();
      const all = Readable.from(startingWith(first, lines));
      return reply
        .header("cache-control", "no-store")
        .type("application/x-ndjson")
        .send(all as never);
    },
  );

  app.delete(
    "/users/:user_id",
    {
      schema: {
        tags: ["users"],
        operationId: "eraseUser",
        summary: "Erase a person",
        description:
          "Their activity, membership, join requests and invitations; the history of memberships keeps their periods under a random id. " +
          "Also erases their activity from the warehouse, with the next sync. May be repeated.",
        ...requires("users:erase"),
        params: UserPath,
        response: {
          204: noContent("Erased, or there was nothing"),
          ...problems(400, 401, 403, 408, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params }, reply) => {
      const erase = () => retriedTransaction(database, (tx) => eraseUser(tx, params.user_id));
      const membership = await findMembership(database, params.user_id);
      if (membership) await turns(reply.raw).inTurn(membership.clan_id, erase);
      else await erase();
      return reply.code(204).send();
    },
  );
};

async function* startingWith<Line>(first: IteratorResult<Line>, rest: AsyncGenerator<Line>) {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
