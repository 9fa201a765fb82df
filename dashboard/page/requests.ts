/** The dashboard's server did not answer. */
export class ServerUnavailable extends Error {
  override name = "ServerUnavailable";
}

/** The server answered with an error; the message is one sentence for the user. */
export class ServerProblem extends Error {
  override name = "ServerProblem";
}

/**
 * Requests JSON from the dashboard's server.
 * @throws {ServerUnavailable | ServerProblem}
 */
export async function getJson<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(path, signal ? { signal } : {}).catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ServerUnavailable("The server did not answer.", { cause });
  });
  const body = await response.json().catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ServerUnavailable("The server's answer was cut off.", { cause });
  });
  if (!response.ok) throw new ServerProblem(body.detail ?? `The server answered ${response.status}.`);
  return body;
}
