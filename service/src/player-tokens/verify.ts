import { UserId } from "@clan-platform/contract/kinds/id.ts";
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import { Problem } from "../http/problem.ts";
import { KeysUnavailable } from "./fetch-keys.ts";
import { createKeySet } from "./key-set.ts";
import type { PlayerTokens } from "./settings.ts";

/** Returns the player that a token is of. @throws {Problem} 401 when the token is not valid, 503 when it can't be checked */
export type VerifyPlayer = (token: string) => Promise<string>;

// Signatures by a private key. Never HS256 and its like, whose secret would be the published key.
const algorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** Verifies players' tokens: JSON Web Tokens of one issuer for one audience, whose `sub` is the player. */
export function verifyPlayers(
  { issuer, audience, jwks_url }: PlayerTokens,
  onFailure: (error: KeysUnavailable) => void,
): VerifyPlayer {
  const keys = createKeySet(jwks_url, onFailure);
  const options = { issuer, audience, algorithms, clockTolerance: 60, requiredClaims: ["sub", "exp"] };
  return async (token) => {
    const { sub } = await verifyToken(token, keys, options).catch(refuse);
    // As it is: a changed one could be another player's.
    if (UserId.safeParse(sub).success) return sub as string;
    throw invalidToken("its sub is not a user id of this service");
  };
}

async function verifyToken(
  token: string,
  keys: JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    // Keys need no name, and several may have the same one: https://www.rfc-editor.org/rfc/rfc7517#section-4.5
    for await (const key of error) {
      const verified = await jwtVerify(token, key, options).catch(unlessOfKey);
      if (verified) return verified.payload;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** Another key may be the one where this one did not sign the token, or can't be used. */
function unlessOfKey(error: unknown): undefined {
  const isOfToken =
    error instanceof errors.JOSEError && !(error instanceof errors.JWSSignatureVerificationFailed);
  if (isOfToken) throw error;
}

function refuse(error: unknown): never {
  // Its cause has the claims, which no log is to have.
  if (error instanceof errors.JOSEError) throw invalidToken(faultOf(error));
  // A key that is too short for its algorithm is the issuer's fault as well.
  const cause = error instanceof KeysUnavailable ? error : new Error((error as Error).message);
  const detail = "Players' tokens can't be checked, because their issuer's keys can't be read; try again.";
  throw new Problem(503, "PLAYER_KEYS_UNAVAILABLE", detail, { cause, headers: { "retry-after": "5" } });
}

function faultOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return "it has expired";
  if (error instanceof errors.JWTClaimValidationFailed) return `its claim ${error.claim} does not hold`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "its algorithm is not allowed";
  if (error instanceof errors.JWKSNoMatchingKey) return "its issuer has no such key";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "its signature is wrong";
  return "it is not a signed JSON Web Token";
}

function invalidToken(fault: string): Problem {
  return new Problem(401, "UNAUTHENTICATED", `The player's token is not valid: ${fault}.`, {
    headers: { "www-authenticate": 'Bearer realm="clan-service", error="invalid_token"' },
  });
}
