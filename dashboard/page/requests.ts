/** The dashboard's server did not answer. */
export class ServerUnavailable extends Error {
  override name = "ServerUnavailable";
}

/** The server answered with an error; the message is one sentence for the user. */
export class ServerProblem extends Error {
  override name = "ServerProblem";
}

/** The server refuses the question: asked again, it would refuse it again. */
export class RequestRefused extends ServerProblem {
  override name = "RequestRefused";
}

/** The warehouse is being filled for the first time. */
export class WarehouseFilling extends ServerProblem {
  override name = "WarehouseFilling";
  /** From 0 to 1. */
  readonly shareDone: number;

  constructor(message: string, shareDone: number) {
    super(message);
    this.shareDone = shareDone;
  }
}

// By it, Google's sign-in in front of a deployed dashboard answers 401 when the session is over, and not with a redirect to a
// page of another origin (https://cloud.google.com/iap/docs/sessions-howto).
const headers = { "x-requested-with": "XMLHttpRequest" };

// After the 60 s that Cloud Run gives the deployed dashboard (infra/dashboard.ts). A browser itself has no limit, so a connection
// that breaks without a word, such as while a laptop sleeps, would stop the page from ever asking again.
const limitMs = 70_000;

/**
 * Requests JSON from the dashboard's server.
 * @throws {ServerUnavailable | ServerProblem} the latter also as `WarehouseFilling` or `RequestRefused`
 */
export async function getJson<Answer>(path: string, signal?: AbortSignal, ms = limitMs): Promise<Answer> {
  const limit = AbortSignal.timeout(ms);
  const either = signal ? AbortSignal.any([signal, limit]) : limit;
  const response = await fetch(path, { headers, signal: either }).catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ServerUnavailable("The server did not answer.", { cause });
  });
  if (response.status === 401) throw new ServerProblem("You are no longer signed in: reload the page.");
  const body = await response.json().catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ServerUnavailable("The server's answer was cut off.", { cause });
  });
  // Every answer of the dashboard is an object; a proxy before it may answer anything.
  if (typeof body !== "object" || body === null)
    throw new ServerUnavailable("The answer is not the dashboard's.");
  if (body.reason === "WAREHOUSE_FILLING") throw new WarehouseFilling(body.detail, body.share_done);
  const detail = body.detail ?? `The server answered ${response.status}.`;
  if (isRefusal(response.status)) throw new RequestRefused(detail);
  if (!response.ok) throw new ServerProblem(detail);
  return body;
}

/** Of the client errors, these two pass with time. */
const isRefusal = (status: number) => status >= 400 && status < 500 && status !== 408 && status !== 429;
