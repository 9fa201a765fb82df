import { type Format, formats } from "@clan-platform/contract/lines/formats.ts";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database, Transaction } from "../../database/database.ts";
import { OutcomeUnknown } from "../../database/outcome.ts";
import { requires } from "../../http/access.ts";
import { json } from "../../http/answers.ts";
import { foreignCharset } from "../../http/json-body.ts";
import { bodyTooSlow, clientGone, Problem, problems } from "../../http/problem.ts";
import {
  type Answer,
  answerOnceWithin,
  IdempotencyHeaders,
  storageKey,
} from "../../idempotency/idempotency.ts";
import { ImportQuery, ImportReport, laterImportFields } from "../schemas.ts";
import { createStagingTable, upsertStaged } from "../upsert.ts";
import type { BegunBody } from "./body.ts";
import type { Staged } from "./staging.ts";

interface Options {
  database: Database;
  /** How many may run at once: each holds a connection for as long as the rest of its body takes to arrive. */
  atOnce: number;
  timeoutMs: number;
}

/** Bulk delivery of user activity, streamed from the request into PostgreSQL. */
export const importRoutes: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { database, atOnce, timeoutMs } = options;
  takeOnly(app, formats);
  let running = 0;

  app.post(
    "/user-activity/import",
    {
      // Only for the case that our own limit, which is below, should fail.
      config: { handlerLimitMs: timeoutMs + 5_000, readsOwnBody: true },
      schema: {
        tags: ["user activity"],
        operationId: "importActivity",
        summary: "Store rows in bulk: valid rows are stored, the others are rejected with a reason",
        description:
          "The body is NDJSON (one row a line) or CSV (with a header that names the columns), at most 32 MiB, " +
          "plain or with Content-Encoding: gzip. A body that is refused as a whole leaves nothing behind.",
        querystring: ImportQuery,
        ...requires("activity:write"),
        headers: IdempotencyHeaders.extend({
          "content-encoding": z.string().optional().meta({ description: "gzip, or none" }),
        }),
        consumes: formats.flatMap(({ mediaTypes }) => mediaTypes.slice(0, 1)),
        // What it holds is checked line by line, as it comes.
        body: z.any().meta({
          type: "string",
          // Otherwise, some generated clients encode the text as one JSON string.
          format: "binary",
          description: "Lines of rows, each as in POST /user-activity",
        }),
        response: {
          200: json("How many rows were stored, and which were rejected", ImportReport),
          ...problems(400, 401, 403, 408, 409, 413, 415, 422, 429, 500, 503),
        },
      },
    },
    async (request, reply) => {
      if (running >= atOnce) throw tooManyAtOnce();
      const format = request.body as Format | undefined;
      if (!format) throw new Problem(400, "EMPTY_BODY", "The body has no rows.");
      const deadline = AbortSignal.timeout(timeoutMs);
      const gone = whenGone(reply);
      const signal = AbortSignal.any([deadline, gone]);
      let hasBegun = false;
      try {
        // A start does not wait for this, nor for what it brings along.
        const { beginBody } = await import("./body.ts");
        const body = await beginBody(request.raw, signal);
        // Only now: a body that never arrives takes no place.
        if (running >= atOnce) {
          body.discard();
          throw tooManyAtOnce();
        }
        hasBegun = true;
        running++;
        const delivery = { body, format, signal, maxRejects: request.query.max_rejects };
        const key = storageKey(request);
        const answer = await importBody(key, delivery).finally(() => running--);
        return await reply.headers(answer.headers).send({ ...laterImportFields, ...answer.body });
      } catch (error) {
        if (error instanceof OutcomeUnknown) throw error;
        if (deadline.aborted) throw hasBegun ? tookTooLong(error) : bodyTooSlow(error);
        if (gone.aborted && !(error instanceof Problem)) throw clientGone(error);
        throw error;
      }
    },
  );

  async function importBody(key: string | undefined, { body, format, signal, maxRejects }: Delivery) {
    const { stage } = await import("./staging.ts");
    const deliver = async (tx: Transaction) => {
      // The first touch of the table: where it is locked as a whole, this waits no longer than any other request.
      await createStagingTable(tx);
      await allowTime(tx, timeoutMs);
      const receive = (isRepeat: boolean) => {
        // A repeat is only compared with what was stored, under the max_rejects of that time.
        const limits = { signal, timeoutMs, maxRejects: isRepeat ? Number.POSITIVE_INFINITY : maxRejects };
        return stage(tx.client, body.bytes, format, limits);
      };
      return answerOnceWithin(tx, { key, receive }, (staged) => store(tx, staged, timeoutMs));
    };
    return database.transaction(deliver, signal).finally(body.discard);
  }
};

interface Delivery {
  body: BegunBody;
  format: Format;
  signal: AbortSignal;
  maxRejects: number;
}

/** Takes bodies of these formats, unread; Fastify refuses others. */
function takeOnly(app: FastifyInstance, formats: Format[]): void {
  app.removeAllContentTypeParsers();
  for (const format of formats) {
    app.addContentTypeParser(format.mediaTypes, (request, _payload, done) => {
      const problem = foreignCharset(request.headers);
      if (problem) done(problem);
      else done(null, format);
    });
  }
}

/** The limits of the pool's sessions are for short requests; a bulk delivery waits for its client, and for others. */
async function allowTime(tx: Transaction, timeoutMs: number): Promise<void> {
  await tx.query(
    `select set_config('statement_timeout', $1, true), set_config('lock_timeout', $1, true),
            set_config('work_mem', '32MB', true)`,
    [String(timeoutMs)],
  );
}

async function store(
  tx: Transaction,
  { fingerprint: _, received, ...findings }: Staged,
  timeoutMs: number,
): Promise<Answer<200, z.infer<typeof ImportReport>>> {
  const counts = await upsertStaged(tx, received - findings.rejected, timeoutMs);
  return { status: 200, headers: {}, body: { received, ...counts, ...findings } };
}

/** Aborted when the client is gone before its answer. */
function whenGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}

function tooManyAtOnce(): Problem {
  const detail = "As many imports are running as this service takes at once; try again in a moment.";
  return new Problem(503, "TOO_MANY_IMPORTS", detail, { headers: { "retry-after": "5" } });
}

function tookTooLong(cause: unknown): Problem {
  const detail = "The import took too long; send it again, or less at once.";
  return new Problem(503, "TIMEOUT", detail, { cause, headers: { "retry-after": "5" } });
}
