import { expect, it } from "vitest";
import { type ClanClientOptions, createClanClient } from "./index.ts";

/** A client whose first attempt of each call fails, and the tokens that it sent. */
function startFailingOnce(options: Partial<ClanClientOptions>) {
  const sent: (string | null)[] = [];
  const fetch = async (input: unknown) => {
    sent.push((input as Request).headers.get("authorization"));
    if (sent.length % 2 === 1) throw new TypeError("fetch failed");
    return Response.json({ status: "ok" });
  };
  return { clans: createClanClient({ baseUrl: "https://clans.example.com", fetch, ...options }), sent };
}

it("asks for a token before each attempt, also of an import", async () => {
  let calls = 0;
  const { clans, sent } = startFailingOnce({ token: async () => `token-${++calls}` });
  await clans.getHealth();
  await clans.importActivity("a,b", { contentType: "text/csv" });
  expect(sent).toEqual(["1", "2", "3", "4"].map((n) => `Bearer token-${n}`));
});

it("sends the same token or key in all attempts when it has only one", async () => {
  for (const options of [{ token: "only" }, { apiKey: "only" }]) {
    const { clans, sent } = startFailingOnce(options);
    await clans.getHealth();
    expect(sent).toEqual(Array(2).fill("Bearer only"));
  }
});

it("ends a call with what the token's function throws, and sends nothing without one", async () => {
  let calls = 0;
  const signedOut = new Error("signed out");
  const token = () => {
    if (++calls === 2) throw signedOut;
    return "first";
  };
  const { clans, sent } = startFailingOnce({ token });
  await expect(clans.getHealth()).rejects.toBe(signedOut);
  expect(sent).toEqual(["Bearer first"]);
});

it("waits for no token when it is aborted meanwhile", async () => {
  const controller = new AbortController();
  const stopped = new Error("stopped");
  const token = async () => {
    controller.abort(stopped);
    return "late";
  };
  const { clans, sent } = startFailingOnce({ token });
  await expect(clans.getHealth({ signal: controller.signal })).rejects.toBe(stopped);
  expect(sent).toEqual([]);
});
