import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { z } from "zod";

const isLocal = ({ hostname }: URL) => ["localhost", "127.0.0.1", "[::1]"].includes(hostname);

const jwksUrl = z.string("must be a text").refine((text) => {
  const url = URL.parse(text);
  // A password would be in logs.
  if (url?.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isLocal(url));
}, "must be an https URL without a password");

const text = z.string("must be a text").min(1, "must not be empty");

// Each platform's build of a game may be a client of its own: a token is for one of them.
const audience = z.union(
  [text, z.array(text).min(1, "must not be empty")],
  "must be a text or a list of texts",
);

/** Whose tokens make a request a player's: who issues them, for whom, and where the issuer's public keys are. */
export const PlayerTokens = z.strictObject({ issuer: text, audience, jwks_url: jwksUrl });
export type PlayerTokens = z.infer<typeof PlayerTokens>;

/** Settings of player tokens that are not valid; the message says which field is wrong, and how. */
export class PlayerTokensError extends UserFacingError {
  override name = "PlayerTokensError";
}

/**
 * Parses a JSON object with issuer, audience and jwks_url.
 * @throws {PlayerTokensError}
 */
export function parsePlayerTokens(json: string): PlayerTokens {
  const result = PlayerTokens.safeParse(read(json), { jitless: true });
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => [...path, message].join(" "));
  throw new PlayerTokensError(faults.join("; "));
}

function read(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new PlayerTokensError("it is not JSON");
  }
}
