import { InputError, type InputFault } from "@clan-platform/contract/errors.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { databaseFailure } from "../database/failures.ts";
import { OutcomeUnknown } from "../database/outcome.ts";
import { PoolerError } from "../database/pooler.ts";
import { drainBody } from "./drain-body.ts";
import { isBrokenOff } from "./gone-clients.ts";
import {
  bodyTooSlow,
  clientGone,
  maxErrors,
  Problem,
  problemType,
  schemaOutdated,
  tooLarge,
} from "./problem.ts";
import type { Reason } from "./reasons.ts";

/** Answers every error as a problem. Server errors are logged, and their causes are not shown. */
export function handleError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  sendProblem(problemOf(error, request), request, reply);
}

function problemOf(error: FastifyError | Error, request: FastifyRequest): Problem {
  if ("code" in error && error.code === "FST_ERR_HANDLER_TIMEOUT") {
    if (request.raw.complete === false) return bodyTooSlow(error);
    // A write that had arrived whole goes on, and may still be stored.
    const isWrite = request.method !== "GET" && request.method !== "HEAD";
    if (isWrite && request.raw.complete) return outcomeUnknown(error);
  }
  // Nothing was done yet, and the ECONNRESET is not one of the connections to PostgreSQL.
  if (isBrokenOff(request) && !(error instanceof Problem)) return clientGone(error);
  return toProblem(error, request.routeOptions);
}

/** Of a client that is gone, no answer is logged; that a request is not implemented is its own fault. */
const severityOf: Record<number, "info" | "error"> = { 499: "info", 500: "error", 501: "info" };

/** Answers a request with a problem. */
export function sendProblem(problem: Problem, request: FastifyRequest, reply: FastifyReply): void {
  if (problem.status >= 499) {
    const severity = severityOf[problem.status] ?? "warn";
    // Requests that the service itself refuses have no cause; under overload, a stack would cost more than the rest of the answer.
    const cause = problem.cause === undefined ? {} : { err: problem.cause };
    request.log[severity]({ ...cause, reason: problem.reason }, problem.message);
  }
  const answer = () => {
    reply
      .code(problem.status)
      // Also that of a file which was about to be sent.
      .header("cache-control", "no-store")
      .headers(problem.extras.headers ?? {})
      .type(problemType)
      .send(problem.body(request.id));
  };
  if (problem.extras.headers?.connection === "close") answer();
  else drainBody(request.raw, reply, answer);
}

const fastifyProblems: Record<string, [status: number, reason: Reason, detail: string]> = {
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: [
    400,
    "INVALID_BODY",
    "The body is not as long as Content-Length says.",
  ],
  FST_ERR_HANDLER_TIMEOUT: [503, "TIMEOUT", "The request took too long and was abandoned; try again."],
  FST_BEARER_AUTH_MISSING_AUTHORIZATION_HEADER: [
    401,
    "UNAUTHENTICATED",
    "This needs an API key, or a player's token where players may do it: send Authorization: Bearer KEY.",
  ],
  FST_BEARER_AUTH_INVALID_AUTHORIZATION_HEADER: [
    401,
    "UNAUTHENTICATED",
    "Authorization has no API key: send Authorization: Bearer KEY with a key of this service.",
  ],
};

const statusOf: Record<InputFault, number> = {
  EMPTY_BODY: 400,
  INVALID_HEADER: 400,
  LINE_TOO_LONG: 413,
  TOO_MANY_LINES: 413,
};

function toProblem(
  error: FastifyError | Error,
  { bodyLimit, schema }: FastifyRequest["routeOptions"],
): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof InputError) return new Problem(statusOf[error.fault], error.fault, error.message);
  if ("validation" in error && error.validation) return validationProblem(error);
  if ("code" in error && error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return tooLarge(bodyLimit);
  if ("code" in error && error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return unsupportedType(schema?.consumes ?? ["application/json"]);

  const known = "code" in error ? fastifyProblems[error.code] : undefined;
  if (known) return new Problem(...known, { cause: error, headers: headersFor(known[0]) });

  if (error instanceof OutcomeUnknown) return outcomeUnknown(error);
  if (error instanceof PoolerError)
    return new Problem(503, "DATABASE_POOLER", error.message, { cause: error, headers: headersFor(503) });
  const failure = databaseFailure(error);
  if (failure === "overloaded") {
    const detail = "The database is busy; try again in a moment.";
    return new Problem(503, "DATABASE_BUSY", detail, { cause: error, headers: headersFor(503) });
  }
  if (failure === "unavailable") {
    const detail = "The database can't be reached; try again in a moment.";
    return new Problem(503, "DATABASE_UNAVAILABLE", detail, { cause: error, headers: headersFor(503) });
  }
  if (failure === "schema mismatch") return schemaOutdated("lacks something that this service needs", error);

  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem(status, "BAD_REQUEST", error.message, { cause: error });
  }
  return new Problem(
    500,
    "INTERNAL",
    "Something went wrong on our side; see the logs under the request id.",
    {
      cause: error,
    },
  );
}

/** 415 that names the media types of the route. */
const unsupportedType = (mediaTypes: readonly string[]) =>
  new Problem(415, "UNSUPPORTED_MEDIA_TYPE", `Send the body as ${mediaTypes.join(" or ")}.`);

function outcomeUnknown(cause: Error): Problem {
  const detail =
    "This may or may not have been stored: the database did not answer. Send it again with the same " +
    "Idempotency-Key; activity uploads and requests other than POST can be repeated without one.";
  return new Problem(503, "OUTCOME_UNKNOWN", detail, { cause, headers: headersFor(503) });
}

function headersFor(status: number): Record<string, string> {
  if (status === 401) return { "www-authenticate": 'Bearer realm="clan-service"' };
  if (status === 503) return { "retry-after": "2" };
  return {};
}

const shownFaults = 10;

function validationProblem(error: FastifyError): Problem {
  const errors = (error.validation ?? []).map(({ instancePath, message }) => ({
    ...placeOf(error.validationContext, instancePath),
    message: message ?? "is not valid",
  }));
  const shown = errors.slice(0, shownFaults).map(({ index, field, message }) => {
    return `${index === undefined ? "" : `[${index}] `}${field}: ${message}`;
  });
  const where = errors.length > maxErrors ? `; errors has the first ${maxErrors}` : ", in errors";
  const others = errors.length > shownFaults ? `; and ${errors.length - shownFaults} more${where}` : "";
  return new Problem(400, "VALIDATION_FAILED", shown.join("; ") + others, { errors });
}

/** `/rows/3/country` of the body is the field `country` of element 3; of the query string, `query.page_size`. */
function placeOf(context: string | undefined, instancePath: string): { index?: number; field: string } {
  const path = instancePath.split("/").filter((part) => part !== "");
  const place = { querystring: "query", params: "path", headers: "header" }[context ?? ""];
  if (place) return { field: [place, ...path].join(".") };
  const [list, index, ...rest] = path;
  if (list === undefined) return { field: "body" };
  if (index === undefined || !/^\d+$/.test(index)) return { field: path.join(".") };
  return { index: Number(index), field: rest.join(".") || list };
}
