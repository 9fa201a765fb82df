import { nameUnknownFields } from "@clan-platform/contract/unknown-fields.ts";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";

/**
 * Refuses queries that are no percent-encoded UTF-8, and, on routes without a schema for theirs, all parameters: a mistyped one
 * would do nothing. Of the routes of `app` only, so that a probe of /health may have any query.
 */
export function checkQueries(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _reply, done) => {
    const { url = "" } = request.raw;
    const start = url.indexOf("?");
    if (start !== -1) check(request, url.slice(start + 1));
    done();
  });
}

function check({ query, routeOptions }: FastifyRequest, text: string): void {
  refuseBadEscapes(text);
  if (routeOptions.schema?.querystring) return;
  const names = Object.keys(query as object);
  if (names.length === 0) return;
  const message = nameUnknownFields(names);
  const errors = [{ field: "query", message }];
  throw new Problem(400, "VALIDATION_FAILED", `query: ${message}`, { errors });
}

/** The query parser keeps an escape that is not UTF-8 unchanged, so that the wrong text would be looked up. */
function refuseBadEscapes(query: string): void {
  try {
    if (query.includes("%")) decodeURIComponent(query);
  } catch (cause) {
    throw new Problem(400, "INVALID_URL", "The query is not percent-encoded UTF-8.", { cause });
  }
}
