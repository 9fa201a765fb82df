import { hasMoreResultsThanMatches } from "@clan-platform/contract/activity-row.ts";
import type { FastifySchemaCompiler } from "fastify";
import { type FastifyPluginAsyncZod, validatorCompiler } from "fastify-type-provider-zod";
import type { z } from "zod";
import type { Database } from "../database/database.ts";
import { requires } from "../http/access.ts";
import { json, noContent } from "../http/answers.ts";
import { NotModified } from "../http/entity-tag.ts";
import { readPage } from "../http/pages.ts";
import { problems } from "../http/problem.ts";
import { answerOnce, fingerprint, IdempotencyHeaders, storageKey } from "../idempotency/idempotency.ts";
import { withExactAmounts } from "./exact-amounts.ts";
import { readPlainRows } from "./plain-batch.ts";
import { eraseActivity, listHistory, type StoredActivity } from "./repository.ts";
import { ActivityBatch, ActivityPage, BatchReport, HistoryQuery, PageCursor, UserPath } from "./schemas.ts";
import { upsertRows } from "./upsert.ts";

interface Options {
  database: Database;
}

// A thousand rows have some 400 KB; with long ids and indented, up to 1.5 MB.
const maxBatchBytes = 2 * 2 ** 20;

/** User activity: a batch of rows, a user's history, and its erasure. Bulk is in `import/`. */
export const userActivityRoutes: FastifyPluginAsyncZod<Options> = async (app, { database }) => {
  app.setValidatorCompiler(plainRowsFirst);

  app.post(
    "/user-activity",
    {
      bodyLimit: maxBatchBytes,
      schema: {
        tags: ["user activity"],
        operationId: "storeActivity",
        summary: "Store up to 1000 rows, all or none; the newest delivery of a row counts",
        description:
          "A row that is stored already changes nothing, and another one with its user, day and platform replaces it: deliveries may be late, repeated or corrected.",
        ...requires("activity:write"),
        headers: IdempotencyHeaders,
        body: ActivityBatch,
        response: {
          200: json("How many rows were new, changed or stored already", BatchReport),
          ...problems(400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      const { rows } = request.body;
      const answer = await answerOnce(
        database,
        {
          key: storageKey(request),
          fingerprint: () => fingerprint(rows),
        },
        async (tx) => {
          const counts = await upsertRows(tx, rows);
          const warnings = rows.filter(hasMoreResultsThanMatches).length;
          return { status: 200, headers: {}, body: { received: rows.length, ...counts, warnings } };
        },
      );
      return reply.headers(answer.headers).send(answer.body);
    },
  );

  app.get(
    "/user-activity",
    {
      // What a user did and paid is personal: reading it needs a key as well, and no cache may keep it.
      config: { cacheControl: "no-store" },
      schema: {
        tags: ["user activity"],
        operationId: "listActivity",
        summary: "A user's rows, newest day first",
        description: "Personal data: needs an API key as well, once keys are configured.",
        ...requires("activity:read"),
        querystring: HistoryQuery,
        response: {
          200: json("A page of rows", ActivityPage),
          304: NotModified,
          ...problems(400, 401, 403, 429, 500, 503),
        },
      },
    },
    async ({ query }) => {
      const { user_id: userId, from = null, to = null } = query;
      const { rows, next_page_token } = await readPage(
        { ...query, queryFingerprint: JSON.stringify([userId, from, to]), cursor: PageCursor },
        ({ event_date, platform }: StoredActivity) => ({ event_date, platform }),
        (range) => listHistory(database, { userId, from, to, ...range }),
      );
      return { rows: rows.map(withExactAmounts), next_page_token };
    },
  );

  app.delete(
    "/users/:user_id/activity",
    {
      schema: {
        tags: ["user activity"],
        operationId: "eraseActivity",
        summary: "Erase a user's rows",
        description: "Also erases them from the warehouse, with the next sync. May be repeated.",
        ...requires("users:erase"),
        params: UserPath,
        response: {
          204: noContent("Erased, or there were none"),
          ...problems(400, 401, 403, 408, 413, 415, 429, 500, 503),
        },
      },
    },
    async ({ params }, reply) => {
      await database.transaction((tx) => eraseActivity(tx, params.user_id));
      return reply.code(204).send();
    },
  );
};

/** The schema's check, except for a batch whose rows are all plain; no other call here has a body. */
const plainRowsFirst: FastifySchemaCompiler<z.ZodType> = (route) => {
  const check = validatorCompiler(route);
  if (route.httpPart !== "body") return check;
  return (body: unknown) => {
    const rows = readPlainRows(body);
    return rows ? { value: { rows } } : check(body);
  };
};
