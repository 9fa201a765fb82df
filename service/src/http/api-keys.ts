import { createHash, timingSafeEqual } from "node:crypto";
import bearerAuth from "@fastify/bearer-auth";
import type { FastifyInstance, onRequestHookHandler } from "fastify";

/**
 * The hook that every writing route runs first. With `hashes` (SHA-256, hex), it accepts only requests with
 * `Authorization: Bearer KEY` whose key has one of them; without, all requests.
 */
export async function requireApiKey(
  app: FastifyInstance,
  hashes: string[] | undefined,
): Promise<onRequestHookHandler> {
  if (!hashes) return (_request, _reply, done) => done();
  const known = hashes.map((hash) => Buffer.from(hash, "hex"));
  const isKnown = (key: string) => {
    const hash = createHash("sha256").update(key).digest();
    return known.some((candidate) => timingSafeEqual(candidate, hash));
  };
  await app.register(bearerAuth, {
    keys: [],
    auth: isKnown,
    addHook: false,
    verifyErrorLogLevel: "debug",
    // `Bearer` in any case.
    specCompliance: "rfc6749",
  });
  const verify = app.verifyBearerAuth;
  if (!verify) throw new Error("@fastify/bearer-auth did not add verifyBearerAuth");
  return (request, reply, done) => verify(request, reply, done);
}
