import { type Format, formats } from "@clan-platform/contract/lines/formats.ts";
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from "fastify";
import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import type { Database, Transaction } from "../../database/database.ts";
import { OutcomeUnknown } from "../../database/outcome.ts";
import { foreignCharset } from "../../http/json-body.ts";
import { needsKey } from "../../http/openapi.ts";
import { Problem, problems } from "../../http/problem.ts";
import { type Answer, answerOnceWithin, IdempotencyHeaders } from "../../idempotency/idempotency.ts";
import { ImportReport, laterImportFields } from "../schemas.ts";
import { createStagingTable, upsertStaged } from "../upsert.ts";
import type { Staged } from "./staging.ts";

interface Options {
  database: Database;
  requireApiKey: onRequestHookHandler;
  /** How many may run at once: each holds a connection for as long as its client sends. */
  atOnce: number;
  timeoutMs: number;
}

/** Bulk delivery of user activity, streamed from the request into PostgreSQL. */
export const importRoutes: FastifyPluginAsyncZod<Options> = async (app, options) => {
  const { database, requireApiKey, atOnce, timeoutMs } = options;
  takeOnly(app, formats);
  let running = 0;

  app.post(
    "/user-activity/import",
    {
      onRequest: requireApiKey,
      // Only for the case that our own limit, which is below, should fail.
      config: { handlerLimitMs: timeoutMs + 5_000 },
      schema: {
        tags: ["user activity"],
        summary: "Store rows in bulk: valid rows are stored, the others are rejected with a reason",
        description:
          "The body is NDJSON (one row a line) or CSV (with a header that names the columns), at most 32 MiB, " +
          "plain or with Content-Encoding: gzip. A body that is refused as a whole leaves nothing behind.",
        ...needsKey,
        headers: IdempotencyHeaders.extend({
          "content-encoding": z.string().optional().meta({ description: "gzip, or none" }),
        }),
        consumes: formats.flatMap(({ mediaTypes }) => mediaTypes.slice(0, 1)),
        // What it holds is checked line by line, as it comes.
        body: z.any().meta({ type: "string", description: "Lines of rows, each as in POST /user-activity" }),
        response: { 200: ImportReport, ...problems(400, 401, 408, 409, 413, 415, 422, 429, 500, 503) },
      },
    },
    async (request, reply) => {
      if (running >= atOnce) throw tooManyAtOnce();
      running++;
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        const answer = await importBody(request, reply, deadline);
        return await reply.headers(answer.headers).send({ ...laterImportFields, ...answer.body });
      } catch (error) {
        if (deadline.aborted && !(error instanceof OutcomeUnknown)) throw tookTooLong(error);
        throw error;
      } finally {
        running--;
      }
    },
  );

  async function importBody(request: FastifyRequest, reply: FastifyReply, deadline: AbortSignal) {
    const format = request.body as Format | undefined;
    if (!format) throw new Problem(400, "EMPTY_BODY", "The body has no rows.");
    const signal = AbortSignal.any([deadline, whenGone(reply)]);
    // A start does not wait for these, nor for what they bring along.
    const [{ readBody }, { stage }] = await Promise.all([import("./body.ts"), import("./staging.ts")]);
    const body = readBody(request.raw, signal);
    const key = request.headers["idempotency-key"] as string | undefined;
    const deliver = async (tx: Transaction) => {
      // The first touch of the table: where it is locked as a whole, this waits no longer than any other request.
      await createStagingTable(tx);
      await allowTime(tx, timeoutMs);
      const receive = () => stage(tx.client, body, format, { signal, timeoutMs });
      return answerOnceWithin(tx, { key, receive }, (staged) => store(tx, staged, timeoutMs));
    };
    return database.transaction(deliver, signal);
  }
};

/** Takes bodies of these formats, unread, and refuses others. */
function takeOnly(app: FastifyInstance, formats: Format[]): void {
  app.removeAllContentTypeParsers();
  for (const format of formats) {
    app.addContentTypeParser(format.mediaTypes, (request, _payload, done) => {
      const problem = foreignCharset(request.headers);
      if (problem) done(problem);
      else done(null, format);
    });
  }
  app.addContentTypeParser("*", (_request, _payload, done) => {
    const detail = "Send the body as application/x-ndjson or text/csv.";
    done(new Problem(415, "UNSUPPORTED_MEDIA_TYPE", detail));
  });
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
