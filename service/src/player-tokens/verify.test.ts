import { createHmac } from "node:crypto";
import { startTokenIssuer, type TokenIssuer } from "@clan-platform/scripts/testkit/token-issuer.ts";
import { type CryptoKey, exportSPKI, importJWK } from "jose";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Problem } from "../http/problem.ts";
import { verifyPlayers } from "./verify.ts";

afterEach(() => vi.useRealTimers());

async function start() {
  const issuer = await startTokenIssuer();
  const failures: string[] = [];
  const verify = verifyPlayers(issuer.settings, ({ message }) => failures.push(message));
  const outcome = (token: string) => verify(token).then((player) => [200, player], readProblem);
  return { issuer, failures, outcome };
}

function readProblem(error: unknown): [number, string] {
  if (error instanceof Problem) return [error.status, error.message];
  throw error;
}

/** Lets time pass for caches, not for sockets and timers. */
function pass(seconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + seconds * 1_000);
}

const encoded = (part: object | string) =>
  Buffer.from(typeof part === "string" ? part : JSON.stringify(part)).toString("base64url");

it("the sub of a valid token is the player", async () => {
  const { issuer, outcome } = await start();
  expect(await outcome(await issuer.token("player/4711 ü"))).toEqual([200, "player/4711 ü"]);
  const audiences = { claims: { aud: ["other-game", "my-game"] } };
  expect(await outcome(await issuer.token("ana", audiences))).toEqual([200, "ana"]);
  expect(issuer.requests()).toBe(1);
});

it("a token is for one of several audiences, where there are several", async () => {
  const issuer = await startTokenIssuer();
  const audience = ["my-game-ios", "my-game-android"];
  const verify = verifyPlayers({ ...issuer.settings, audience }, () => {});
  for (const aud of [...audience, ["x", "my-game-ios"]])
    expect(await verify(await issuer.token("ana", { claims: { aud } }))).toBe("ana");
  await expect(verify(await issuer.token("ana", { claims: { aud: "my-game" } }))).rejects.toThrow(
    "claim aud",
  );
});

describe("a token is refused with 401", () => {
  const now = () => Math.floor(Date.now() / 1_000);
  it.each<[string, string, (issuer: TokenIssuer) => Promise<string>]>([
    ["expired", "it has expired", (i) => i.token("ana", { claims: { exp: now() - 70 } })],
    ["not valid yet", "claim nbf", (i) => i.token("ana", { claims: { nbf: now() + 90 } })],
    ["for ever", "claim exp", (i) => i.token("ana", { claims: { exp: undefined } })],
    ["for another audience", "claim aud", (i) => i.token("ana", { claims: { aud: "other-game" } })],
    ["without an audience", "claim aud", (i) => i.token("ana", { claims: { aud: undefined } })],
    ["of another issuer", "claim iss", (i) => i.token("ana", { claims: { iss: "https://evil.example" } })],
    ["without a sub", "claim sub", (i) => i.token("ana", { claims: { sub: undefined } })],
    ["with a number as sub", "sub is not a user id", (i) => i.token("ana", { claims: { sub: 4711 } })],
    ["with an empty sub", "sub is not a user id", (i) => i.token("")],
    ["with a blank after the sub", "sub is not a user id", (i) => i.token("ana ")],
    ["with a sub that is a path", "sub is not a user id", (i) => i.token("..")],
    ["with a line break in the sub", "sub is not a user id", (i) => i.token("ana\nben")],
    ["with a sub that is too long", "sub is not a user id", (i) => i.token("a".repeat(129))],
    ["of a key that nobody published", "no such key", (i) => i.token("ana", { header: { kid: "key-9" } })],
    [
      "with a changed signature",
      "signature is wrong",
      async (i) => `${(await i.token("ana")).slice(0, -6)}AAAAAA`,
    ],
    ["that is no token", "not a signed JSON Web Token", async () => "a.b.c"],
  ])("%s", async (_, message, make) => {
    const { issuer, outcome } = await start();
    const [status, text] = await outcome(await make(issuer));
    expect(text).toContain(message);
    expect(status).toBe(401);
  });

  it("with somebody else's claims under a good signature", async () => {
    const { issuer, outcome } = await start();
    const [header, , signature] = (await issuer.token("ana")).split(".");
    const claims = (await issuer.token("ben")).split(".")[1];
    expect((await outcome(`${header}.${claims}.${signature}`))[0]).toBe(401);
  });

  it("with alg none, whatever its spelling, and nobody asks for keys", async () => {
    const { issuer, outcome } = await start();
    const claims = (await issuer.token("ana")).split(".")[1];
    for (const alg of ["none", "None", "NONE", ""])
      expect((await outcome(`${encoded({ alg, kid: "key-1" })}.${claims}.`))[0]).toBe(401);
    expect(issuer.requests()).toBe(0);
  });

  it("signed by HS256 with the public key as its secret", async () => {
    const { issuer, outcome } = await start();
    const [jwk] = issuer.publishedKeys();
    const pem = await exportSPKI((await importJWK(jwk ?? {})) as CryptoKey);
    const signed = `${encoded({ alg: "HS256", kid: "key-1" })}.${(await issuer.token("ana")).split(".")[1]}`;
    for (const secret of [pem, pem.trimEnd(), JSON.stringify(jwk), Buffer.from(jwk?.n ?? "", "base64url")]) {
      const signature = createHmac("sha256", secret).update(signed).digest("base64url");
      expect(await outcome(`${signed}.${signature}`)).toEqual([
        401,
        "The player's token is not valid: its algorithm is not allowed.",
      ]);
    }
    expect(issuer.requests()).toBe(0);
  });
});

it("clocks may differ by 60 seconds", async () => {
  const { issuer, outcome } = await start();
  const now = Math.floor(Date.now() / 1_000);
  expect(await outcome(await issuer.token("ana", { claims: { exp: now - 30 } }))).toEqual([200, "ana"]);
  expect(await outcome(await issuer.token("ana", { claims: { nbf: now + 45 } }))).toEqual([200, "ana"]);
});

describe("keys", () => {
  it("that are new are fetched with the first token of theirs; old tokens stay valid while their key is published", async () => {
    const { issuer, outcome } = await start();
    const old = await issuer.token("ana");
    expect(await outcome(old)).toEqual([200, "ana"]);
    await issuer.rotate({ keepsOld: true });
    pass(31);
    expect(await outcome(await issuer.token("ben"))).toEqual([200, "ben"]);
    expect(await outcome(old)).toEqual([200, "ana"]);
    expect(issuer.requests()).toBe(2);
  });

  it("that were withdrawn are refused after ten minutes", async () => {
    const { issuer, outcome } = await start();
    const old = await issuer.token("ana", { claims: { exp: Math.floor(Date.now() / 1_000) + 9_999 } });
    expect(await outcome(old)).toEqual([200, "ana"]);
    await issuer.rotate();
    expect(await outcome(old)).toEqual([200, "ana"]);
    pass(601);
    expect((await outcome(old))[0]).toBe(401);
  });

  it("are fetched again when the clock was set back: withdrawn ones are refused, and new ones taken", async () => {
    const { issuer, outcome } = await start();
    const old = await issuer.token("ana");
    expect(await outcome(old)).toEqual([200, "ana"]);
    await issuer.rotate();
    pass(-3 * 3_600);
    expect((await outcome(old))[0]).toBe(401);
    expect(await outcome(await issuer.token("ben"))).toEqual([200, "ben"]);
  });

  it.each([undefined, "the-key"])("of several that all have the kid %s, one has to fit", async (kid) => {
    const { issuer, outcome } = await start();
    const old = await issuer.token("ana", { header: { kid } });
    await issuer.rotate({ keepsOld: true });
    publish(
      issuer,
      issuer.publishedKeys().map((key) => ({ ...key, kid })),
    );
    expect(await outcome(old)).toEqual([200, "ana"]);
    expect(await outcome(await issuer.token("ben", { header: { kid } }))).toEqual([200, "ben"]);
    const expired = await issuer.token("ben", { header: { kid }, claims: { exp: 1 } });
    expect((await outcome(expired))[1]).toContain("it has expired");
    await issuer.rotate({ isPublished: false });
    const forged = await issuer.token("ana", { header: { kid } });
    expect(await outcome(forged)).toEqual([401, "The player's token is not valid: its signature is wrong."]);
    expect(issuer.requests()).toBe(1);
  });

  it("are read where others of the set are none, are of other kinds, or can't be used", async () => {
    const { issuer, outcome, failures } = await start();
    const others = [
      null,
      "key",
      [],
      {},
      { kty: 1 },
      { kty: "oct", k: "c2VjcmV0" },
      { kty: "AKP", kid: "key-1" },
    ];
    const unusable = issuer.publishedKeys().map((key) => ({ ...key, n: "AQAB" }));
    publish(issuer, [...others, ...unusable, ...issuer.publishedKeys()]);
    expect(await outcome(await issuer.token("ana"))).toEqual([200, "ana"]);
    expect(failures).toEqual([]);
  });

  it("are read after a byte order mark", async () => {
    const { issuer, outcome } = await start();
    issuer.answerWith((_, r) => r.end(`\ufeff${JSON.stringify({ keys: issuer.publishedKeys() })}`));
    expect(await outcome(await issuer.token("ana"))).toEqual([200, "ana"]);
  });

  it("that are unknown do not hammer the issuer", async () => {
    const { issuer, outcome } = await start();
    expect(await outcome(await issuer.token("ana"))).toEqual([200, "ana"]);
    const unknown = await Promise.all(
      Array.from({ length: 200 }, (_, n) => issuer.token("ana", { header: { kid: `made-up-${n}` } })),
    );
    const flood = () => Promise.all(unknown.map(outcome));
    for (const [status] of await flood()) expect(status).toBe(401);
    expect(issuer.requests()).toBe(1);
    pass(31);
    for (const [status] of await flood()) expect(status).toBe(401);
    expect(issuer.requests()).toBe(2);
  });
});

describe("while the issuer's keys can't be read", () => {
  it.each<[string, string, (issuer: TokenIssuer) => void]>([
    ["its answer is 500", "500, not 200", (i) => i.answerWith((_, r) => r.writeHead(500).end())],
    [
      "it redirects",
      "302, not 200",
      (i) => i.answerWith((_, r) => r.writeHead(302, { location: "/x" }).end()),
    ],
    ["it is HTML", "not a JSON Web Key Set", (i) => i.answerWith((_, r) => r.end("<html>"))],
    ["it has no keys", "not a JSON Web Key Set", (i) => i.answerWith((_, r) => r.end('{"keys": "none"}'))],
    ["none of its keys is one", "not a JSON Web Key Set", (i) => publish(i, [null, {}])],
    ["the connection breaks", "other side closed", (i) => i.answerWith(({ socket }) => socket.destroy())],
    ["it is huge", "more than 256 KiB", (i) => i.answerWith((_, r) => sendForever(r))],
    ["it hangs", "timeout", (i) => i.answerWith(() => {})],
    ["it hangs within the body", "timeout", (i) => i.answerWith((_, r) => r.write("{"))],
  ])(
    "because %s, the answer is 503, each attempt is reported, and a flood makes one",
    async (_, why, fail) => {
      const { issuer, outcome, failures } = await start();
      fail(issuer);
      const token = await issuer.token("ana");
      for (const [status] of await Promise.all(Array.from({ length: 50 }, () => outcome(token))))
        expect(status).toBe(503);
      expect((await outcome(token))[0]).toBe(503);
      expect(issuer.requests()).toBe(1);
      expect(failures).toEqual([expect.stringContaining(why)]);
      issuer.answerWith(undefined);
      pass(6);
      expect(await outcome(token)).toEqual([200, "ana"]);
    },
  );

  it("a clock that is set back delays no further attempt", async () => {
    const { issuer, outcome } = await start();
    issuer.answerWith((_, response) => response.writeHead(503).end());
    const token = await issuer.token("ana");
    expect((await outcome(token))[0]).toBe(503);
    issuer.answerWith(undefined);
    pass(-3 * 3_600);
    expect(await outcome(token)).toEqual([200, "ana"]);
  });

  it("cached keys go on, for hours; an unknown key is 503, because it may be a new one", async () => {
    const { issuer, outcome, failures } = await start();
    const claims = { exp: Math.floor(Date.now() / 1_000) + 99_999 };
    const token = await issuer.token("ana", { claims });
    expect(await outcome(token)).toEqual([200, "ana"]);
    issuer.answerWith((_, response) => response.writeHead(503).end());
    pass(4 * 3_600);
    expect(await outcome(token)).toEqual([200, "ana"]);
    expect(await outcome(token)).toEqual([200, "ana"]);
    expect([issuer.requests(), failures.length]).toEqual([2, 1]);
    await issuer.rotate();
    const next = await issuer.token("ben", { claims });
    expect((await outcome(next))[0]).toBe(503);
    issuer.answerWith(undefined);
    pass(6);
    expect(await outcome(next)).toEqual([200, "ben"]);
    expect((await outcome(token))[0]).toBe(401);
  });
});

function publish(issuer: TokenIssuer, keys: unknown[]): void {
  issuer.answerWith((_, response) => response.end(JSON.stringify({ keys })));
}

function sendForever(response: import("node:http").ServerResponse): void {
  const chunk = " ".repeat(64 * 1_024);
  response.on("drain", () => response.write(chunk));
  while (response.write(chunk)) {}
}
