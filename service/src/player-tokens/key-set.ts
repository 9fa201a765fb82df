import { createRemoteJWKSet, customFetch, errors, type JWTVerifyGetKey } from "jose";
import { fetchKeys, KeysUnavailable } from "./fetch-keys.ts";

/** Keys that are older are fetched again before they are used, so that a key that the issuer withdrew does not stay valid. */
const maxAgeMs = 10 * 60_000;
/** After a failure, the next attempt waits this long, however many requests arrive. */
const pauseAfterFailureMs = 5_000;
const timeoutMs = 3_000;

/**
 * The public keys at a URL, cached. While the URL can't be read, the keys that are there go on, and `onFailure` is called for each
 * attempt. A token of a key that is not among them makes them be fetched again, at most every 30 seconds.
 * @throws {KeysUnavailable} from the function, when it needs keys and they can't be fetched
 */
export function createKeySet(url: string, onFailure: (error: KeysUnavailable) => void): JWTVerifyGetKey {
  let lastFailure: { error: KeysUnavailable; at: number } | undefined;
  const keys = createRemoteJWKSet(new URL(url), {
    // Refreshed below: when they are too old and can't be fetched, jose would refuse every token.
    cacheMaxAge: Number.POSITIVE_INFINITY,
    timeoutDuration: timeoutMs,
    [customFetch]: async (...request) => {
      if (lastFailure && isWithin(pauseAfterFailureMs, lastFailure.at)) throw lastFailure.error;
      try {
        const response = await fetchKeys(...request);
        lastFailure = undefined;
        fetchedAt = Date.now();
        return response;
      } catch (cause) {
        const error = cause instanceof KeysUnavailable ? cause : new KeysUnavailable(url, cause);
        lastFailure = { error, at: Date.now() };
        onFailure(error);
        throw error;
      }
    },
  });
  let fetchedAt: number | undefined;

  async function refresh(): Promise<void> {
    if (fetchedAt === undefined || isWithin(maxAgeMs, fetchedAt)) return;
    const done = keys.reload().catch(() => {});
    // While the issuer does not answer, nobody waits for it.
    if (!lastFailure) await done;
  }

  return async (header, token) => {
    await refresh();
    try {
      return await keys(header, token);
    } catch (error) {
      if (error instanceof KeysUnavailable) throw error;
      const isOfToken =
        error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys;
      throw isOfToken ? error : new KeysUnavailable(url, error);
    }
  };
}

/** Whether it is less than so many ms after a time; not when the clock was set back since, and the time says nothing. */
function isWithin(ms: number, since: number): boolean {
  const passed = Date.now() - since;
  return passed >= 0 && passed < ms;
}
