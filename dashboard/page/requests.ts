/** The dashboard's server did not answer. */
export class ServerAway extends Error {
  override name = "ServerAway";
}

/** The server answered that it can't; the message is one sentence for the reader. */
export class ServerRefused extends Error {
  override name = "ServerRefused";
}

/**
 * Asks the dashboard's server.
 * @throws {ServerAway | ServerRefused}
 */
export async function ask<Answer>(path: string, signal?: AbortSignal): Promise<Answer> {
  const response = await fetch(path, signal ? { signal } : {}).catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ServerAway("The server did not answer.", { cause });
  });
  const body = await response.json().catch((cause) => {
    if (signal?.aborted) throw cause;
    throw new ServerAway("The server broke off its answer.", { cause });
  });
  if (!response.ok) throw new ServerRefused(body.detail ?? `The server answered ${response.status}.`);
  return body;
}
