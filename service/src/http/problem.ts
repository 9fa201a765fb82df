import { z } from "zod";
import { type Reason, reasonNames, reasons } from "./reasons.ts";
import { describeStatus } from "./status-descriptions.ts";
import { statusName } from "./status-names.ts";

export const problemType = "application/problem+json";

/** How many faults of a request are listed. */
export const maxErrors = 100;

const reasonList = reasonNames.map(
  (reason) => `- \`${reason}\` (${reasons[reason][0]}): ${reasons[reason][1]}`,
);

/** An error response in the form of RFC 9457, with a stable `reason` and the request's id. */
export const ProblemBody = z
  .object({
    type: z.string().meta({ description: "Always about:blank: see reason", examples: ["about:blank"] }),
    title: z.string().meta({ description: "The name of the status", examples: ["Conflict"] }),
    status: z.int().meta({ description: "The status of the response", examples: [409] }),
    reason: z.enum(reasonNames).meta({
      description: `For programs to switch on. Later versions may add some: treat an unknown one by its status.\n\n${reasonList.join("\n")}`,
      examples: ["CLAN_NAME_TAKEN"],
      // A new value breaks no client that follows the description; see docs/openapi.
      "x-open-enum": true,
    }),
    detail: z.string().meta({
      description: "What is wrong and what to do, for people",
      examples: ["A clan with this name exists."],
    }),
    request_id: z.string().meta({ description: "The id under which the logs have this request" }),
    errors: z
      .array(
        z
          .object({
            index: z.int().optional().meta({ description: "Which element of the request's list, from 0" }),
            field: z.string().meta({ description: "Such as region, or query.page_size" }),
            message: z.string().meta({ description: "The rule that it breaks" }),
          })
          .meta({ id: "FieldError" }),
      )
      .optional()
      .meta({ description: `The faulty fields of the request, the first ${maxErrors}` }),
    error_count: z.int().optional().meta({ description: "How many there are in all" }),
    scope: z.string().optional().meta({ description: "The scope that the API key lacks" }),
    clan_id: z
      .string()
      .optional()
      .meta({ format: "uuid", description: "The clan that has the name already, or that the player is in" }),
  })
  .meta({ id: "Problem" });

export interface ProblemExtras {
  headers?: Record<string, string>;
  errors?: { index?: number; field: string; message: string }[];
  /** The scope that the API key lacks. */
  scope?: string;
  clan_id?: string;
  cause?: unknown;
}

/** Thrown to answer a request with an error; the error handler turns it into a `ProblemBody`. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  readonly reason: Reason;
  readonly extras: ProblemExtras;

  constructor(status: number, reason: Reason, detail: string, extras: ProblemExtras = {}) {
    super(detail, { cause: extras.cause });
    this.status = status;
    this.reason = reason;
    this.extras = extras;
  }

  body(requestId: string): z.infer<typeof ProblemBody> {
    const { errors, scope, clan_id } = this.extras;
    return {
      type: "about:blank",
      title: statusName(this.status),
      status: this.status,
      reason: this.reason,
      detail: this.message,
      request_id: requestId,
      ...(errors && { errors: errors.slice(0, maxErrors), error_count: errors.length }),
      ...(scope && { scope }),
      ...(clan_id && { clan_id }),
    };
  }
}

/** 404 for a path without a route. */
export const noSuchPath = () =>
  new Problem(404, "NOT_FOUND", "There is nothing at this path; /docs lists every path.");

/** 413 that names the limit. */
export function tooLarge(limitInBytes: number, advice = ""): Problem {
  const limit =
    limitInBytes >= 2 ** 20 ? `${limitInBytes / 2 ** 20} MiB` : `${Math.round(limitInBytes / 2 ** 10)} KiB`;
  return new Problem(
    413,
    "BODY_TOO_LARGE",
    `The body is larger than the ${limit} that this call accepts${advice}.`,
  );
}

/** 408 for a body that does not arrive in time. The connection is closed: the rest would still come. */
export function bodyTooSlow(cause?: unknown): Problem {
  const detail = "The body arrived too slowly, and none of it was stored; send it again.";
  return new Problem(408, "REQUEST_TIMEOUT", detail, { cause, headers: { connection: "close" } });
}

/** 499 for a client that is gone before its answer. Nobody reads it; in the log, it says that neither the service nor the database failed. */
export const clientGone = (cause?: unknown) =>
  new Problem(499, "CLIENT_GONE", "The client closed the connection before its answer.", { cause });

/** 503 while the database lacks a migration of this code. */
export function schemaOutdated(how: string, cause?: unknown): Problem {
  return new Problem(
    503,
    "SCHEMA_OUTDATED",
    `The database's schema ${how}: run the migration (node src/migrate.ts).`,
    { cause, headers: { "retry-after": "5" } },
  );
}

type ProblemResponse = {
  description: string;
  content: { [problemType]: { schema: typeof ProblemBody } };
};

/** The part of a route's response schema for problems with these statuses. */
export function problems<Status extends number>(...statuses: Status[]): Record<Status, ProblemResponse> {
  const entries = statuses.map((status) => [
    status,
    { description: describeStatus(status), content: { [problemType]: { schema: ProblemBody } } },
  ]);
  return Object.fromEntries(entries);
}
