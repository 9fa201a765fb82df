import { checkedAnswer } from "./checked-answer.ts";
import { ConnectionError, type Problem } from "./errors.ts";
import { isGone } from "./gone.ts";
import { noteMayBeDone } from "./may-be-done.ts";

export interface Retry {
  /** The attempt that failed, from 1. */
  attempt: number;
  waitMs: number;
  /** The status of its answer; undefined when none arrived. */
  status: number | undefined;
  problem: Problem | undefined;
  /** Why no answer arrived, such as `ECONNREFUSED`; undefined when one did. */
  failure: string | undefined;
}

export interface RetryOptions {
  /** How many attempts a request has; 1 for no retry. By default 5. */
  maxAttempts?: number;
  /** How long an attempt may take. By default 30 seconds, and 130 for an import. */
  timeoutMs?: number;
  /** Called before each wait for the next attempt. */
  onRetry?: (retry: Retry) => void;
}

export type Token = string | (() => string | Promise<string>);

/** How attempts are sent. */
interface Sending {
  send?: typeof fetch | undefined;
  token?: Token | undefined;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;
const transient = new Set([408, 429, 500, 502, 503, 504]);

interface Attempt {
  response?: Response;
  problem?: Problem | undefined;
  error?: unknown;
}

/**
 * A fetch that tries again after transient answers and broken connections: after `Retry-After` (at most half a minute), or
 * else with exponential backoff and jitter. A POST gets an `Idempotency-Key`, the same for all attempts, so that none is
 * applied twice.
 * @throws {ConnectionError} when the last attempt got no answer
 * @throws {ApiError} when the answer isn't one of the service
 */
export function createRetryingFetch(
  { maxAttempts = 5, timeoutMs = 30_000, onRetry = () => {} }: RetryOptions,
  sending: Sending,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === "POST" && !request.headers.has("idempotency-key"))
      request.headers.set("idempotency-key", crypto.randomUUID());
    let isOutcomeUnknown = false;
    for (let attempt = 1; ; attempt++) {
      const { response, problem, error } = await attemptOnce(request, timeoutMs, sending);
      if (response && !isTransient(response, problem)) {
        if (isOutcomeUnknown && isGone(request, problem)) return new Response(null, { status: 204 });
        if (isOutcomeUnknown && !isRepeated(request, response, problem)) noteMayBeDone(response);
        return checkedAnswer(request, response);
      }
      isOutcomeUnknown ||= request.method !== "GET" && !isKnownUndone(response, problem);
      if (attempt >= maxAttempts) {
        if (response) return isOutcomeUnknown ? noteMayBeDone(response) : response;
        throw new ConnectionError(new URL(request.url).origin, reasonOf(error), { cause: error });
      }
      const waitMs = Math.max(backoffMs(attempt), retryAfterMs(response));
      const failure = response ? undefined : reasonOf(error);
      onRetry({ attempt, waitMs, status: response?.status, problem, failure });
      await wait(waitMs, request.signal);
    }
  };
}

/** A copy of the request for one attempt, with a token that is valid now. */
async function authorized(request: Request, token: Token | undefined): Promise<Request> {
  const attempt = request.clone();
  if (token !== undefined)
    attempt.headers.set("authorization", `Bearer ${typeof token === "string" ? token : await token()}`);
  return attempt;
}

/** The body is read here: a connection that breaks in the middle of it is to be retried as well. */
async function attemptOnce(
  request: Request,
  timeoutMs: number,
  { send = fetch, token }: Sending,
): Promise<Attempt> {
  request.signal.throwIfAborted();
  const attempt = await authorized(request, token);
  request.signal.throwIfAborted();
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    // A redirected POST may turn into a GET, whose answer would pass for its own.
    const redirect = request.method === "GET" ? "follow" : "manual";
    const response = await send(attempt, { signal, redirect });
    if (response.type === "opaqueredirect") return { error: new Error("it redirects to another URL") };
    const body = await response.arrayBuffer();
    const { status, statusText, headers } = response;
    const whole = new Response(body.byteLength > 0 ? body : null, { status, statusText, headers });
    return { response: whole, problem: response.ok ? undefined : problemIn(body) };
  } catch (error) {
    request.signal.throwIfAborted();
    return { error };
  }
}

function problemIn(body: ArrayBuffer): Problem | undefined {
  try {
    const value = JSON.parse(new TextDecoder().decode(body));
    return typeof value?.reason === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a transient answer says that nothing was stored: of the service's own 503, all but one do. */
const isKnownUndone = (response: Response | undefined, problem: Problem | undefined) =>
  response !== undefined &&
  (response.status < 500 ||
    (response.status === 503 && problem !== undefined && problem.reason !== "OUTCOME_UNKNOWN"));

/** Whether this is the answer of all attempts: by its key, a POST gets that of the first one, once the service knows who asks. */
const isRepeated = ({ method }: Request, { status }: Response, problem: Problem | undefined) =>
  method === "POST" && problem !== undefined && status !== 401 && status !== 403;

/** An attempt whose connection broke may still be running under the key. */
const isTransient = ({ status }: Response, problem: Problem | undefined) =>
  transient.has(status) || problem?.reason === "IDEMPOTENCY_KEY_IN_USE";

/** With jitter, so that many clients don't retry at the same moment. */
const backoffMs = (attempt: number) =>
  Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);

function retryAfterMs(response: Response | undefined): number {
  const header = response?.headers.get("retry-after");
  if (!header) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.now();
  return Math.min(longestWaitMs, Math.max(0, ms || 0));
}

async function wait(ms: number, signal: AbortSignal): Promise<void> {
  // An abort that is over, such as by onRetry, has no event.
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}
