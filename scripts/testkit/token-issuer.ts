import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { onTestFinished } from "vitest";

export interface TokenIssuer {
  settings: { issuer: string; audience: string; jwks_url: string };
  /** How often the keys were asked for. */
  requests(): number;
  /** Signs with a new key from now on, whose id it returns; `isPublished` says whether the key set has it. */
  rotate(options?: { isPublished?: boolean; keepsOld?: boolean }): Promise<string>;
  /** Answers requests for keys from now on; undefined: with the keys. */
  answerWith(listener: RequestListener | undefined): void;
  /** A token of a player; `claims` and `header` replace what a good one has, and undefined takes it away. */
  token(sub: string, options?: { claims?: object; header?: object }): Promise<string>;
  publishedKeys(): JWK[];
}

/** An issuer of players' tokens with a key set on this machine, until the test ends. */
export async function startTokenIssuer(): Promise<TokenIssuer> {
  let published: JWK[] = [];
  let requests = 0;
  let listener: RequestListener | undefined;
  let current: { kid: string; privateKey: CryptoKey };
  let made = 0;

  const server = createServer((request, response) => {
    requests++;
    if (listener) listener(request, response);
    else response.setHeader("content-type", "application/json").end(JSON.stringify({ keys: published }));
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  async function rotate({ isPublished = true, keepsOld = false } = {}): Promise<string> {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    current = { kid: `key-${++made}`, privateKey };
    const key = { ...(await exportJWK(publicKey)), kid: current.kid, alg: "RS256", use: "sig" };
    if (isPublished) published = [...(keepsOld ? published : []), key];
    return current.kid;
  }
  await rotate();

  const settings = {
    issuer: "https://id.example.com",
    audience: "my-game",
    jwks_url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`,
  };
  return {
    settings,
    requests: () => requests,
    rotate,
    answerWith: (answer) => {
      listener = answer;
    },
    publishedKeys: () => published,
    token(sub, { claims = {}, header = {} } = {}) {
      const now = Math.floor(Date.now() / 1_000);
      const { issuer: iss, audience: aud } = settings;
      return new SignJWT({ iss, aud, sub, iat: now, exp: now + 300, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: current.kid, ...header })
        .sign(current.privateKey);
    },
  };
}
