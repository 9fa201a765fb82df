import type { components } from "./api.ts";
import { mayBeDone } from "./may-be-done.ts";

export type Problem = components["schemas"]["Problem"];
export type Reason = Problem["reason"];

/** The service answered with an error, or something in front of it with what isn't one of its answers. */
export class ApiError extends Error {
  override name = "ApiError";
  readonly status: number;
  /** What the service says of it; undefined when something in front of the service answered. */
  readonly problem: Problem | undefined;
  /** Whether what was asked may be done all the same, because the answer to an attempt was lost. */
  readonly mayBeDone: boolean;

  constructor(status: number, problem: Problem | undefined, text: string, mayBeDone = false) {
    const refusal = problem ? `${problem.reason}: ${problem.detail}` : text.slice(0, 200);
    const doubt = "It may be done all the same: the answer to an attempt was lost.";
    super(`${status} ${refusal} ${mayBeDone && status >= 400 ? doubt : ""}`.trim());
    this.status = status;
    this.problem = problem;
    this.mayBeDone = mayBeDone;
  }

  get reason(): Reason | undefined {
    return this.problem?.reason;
  }

  /** What to look for in the service's logs. */
  get requestId(): string | undefined {
    return this.problem?.request_id;
  }
}

/** No answer arrived. What was sent may or may not have been stored. */
export class ConnectionError extends Error {
  override name = "ConnectionError";
  /** Such as `ECONNREFUSED`. */
  readonly failure: string;

  constructor(origin: string, failure: string, options?: ErrorOptions) {
    super(`${origin} can't be reached (${failure})`, options);
    this.failure = failure;
  }
}

/** Whether an error is an answer of the service with this reason. */
export function isReason<R extends Reason>(
  error: unknown,
  reason: R,
): error is ApiError & { reason: R; problem: Problem } {
  return error instanceof ApiError && error.reason === reason;
}

/** The error of a response whose body is `body`, as parsed JSON or as text. */
export function toApiError(response: Response, body: unknown): ApiError {
  const isProblem =
    typeof body === "object" && body !== null && "reason" in body && "detail" in body && "status" in body;
  const problem = isProblem ? (body as Problem) : undefined;
  return new ApiError(response.status, problem, String(body ?? ""), mayBeDone(response));
}
