import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { createTurns } from "./turns.ts";

const newResponse = () => new ServerResponse(new IncomingMessage(new Socket()));

/** Work that goes on until it is released. */
function createWork() {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { run: () => promise, release: resolve };
}

function createRequests({ waitMs = 30_000 } = {}) {
  const turns = createTurns({ waitMs });
  const done: string[] = [];
  const asking =
    (kind: "inTurn" | "limited") =>
    (clan: string, name: string, { work = async () => {}, response = newResponse() } = {}) =>
      turns(response)[kind](clan, async () => {
        await work();
        done.push(name);
      });
  // They ask for the clan's turn, or for a place beside it, and note when it is over.
  return { done, ask: asking("inTurn"), askBeside: asking("limited") };
}

it("lets requests for one clan take turns in their order, and others go ahead", async () => {
  const { done, ask } = createRequests();
  const first = createWork();
  const asked = ["a", "b", "c"].map((name) => ask("popular", name, name === "a" ? { work: first.run } : {}));
  await ask("quiet", "other clan");
  expect(done).toEqual(["other clan"]);
  first.release();
  await Promise.all(asked);
  expect(done).toEqual(["other clan", "a", "b", "c"]);
});

it("gives the turn to the next when one fails", async () => {
  const { done, ask } = createRequests();
  const failing = ask("popular", "a", { work: () => Promise.reject(new Error("refused")) });
  const next = ask("popular", "b");
  await expect(failing).rejects.toThrow("refused");
  await next;
  expect(done).toEqual(["b"]);
});

it("refuses the 65th that would wait, and takes others once there is room", async () => {
  const { done, ask } = createRequests();
  const first = createWork();
  const asked = [
    ask("popular", "a", { work: first.run }),
    ...Array.from({ length: 64 }, (_, n) => ask("popular", `waiting ${n}`)),
  ];
  const busy = { status: 503, reason: "CLAN_BUSY", extras: { headers: { "retry-after": "1" } } };
  await expect(ask("popular", "too many")).rejects.toMatchObject(busy);
  first.release();
  await Promise.all(asked);
  await ask("popular", "later");
  expect(done).toHaveLength(66);
});

it("does not do the work of a client that is gone, whose place is free at once", async () => {
  const { done, ask } = createRequests();
  const first = createWork();
  const responses = Array.from({ length: 64 }, newResponse);
  const begun = ask("popular", "a", { work: first.run });
  const waiting = responses.map((response, n) => ask("popular", `waiting ${n}`, { response }));
  const gone = expect(waiting[10]).rejects.toMatchObject({ status: 499, reason: "CLIENT_GONE" });
  responses[10]?.destroy();
  await gone;
  const late = ask("popular", "late");
  await expect(ask("popular", "too many")).rejects.toMatchObject({ reason: "CLAN_BUSY" });
  first.release();
  await Promise.allSettled([begun, late, ...waiting]);
  expect(done).toHaveLength(65);
  expect(done).not.toContain("waiting 10");
  await ask("popular", "next");
  expect(done.at(-1)).toBe("next");
});

it("lets nobody wait longer than waitMs, except for the work itself", async () => {
  const { done, ask } = createRequests({ waitMs: 20 });
  const first = createWork();
  const begun = ask("popular", "a", { work: first.run });
  await expect(ask("popular", "b")).rejects.toMatchObject({ status: 503, reason: "CLAN_BUSY" });
  first.release();
  await begun;
  expect(done).toEqual(["a"]);
});

it("lets two requests for one clan run beside the turn, others go ahead, and the 33rd that would wait is refused", async () => {
  const { done, ask, askBeside } = createRequests();
  const first = createWork();
  const turn = ask("popular", "turn", { work: first.run });
  const running = ["a", "b"].map((name) => askBeside("popular", name, { work: first.run }));
  const waiting = Array.from({ length: 32 }, (_, n) => askBeside("popular", `waiting ${n}`));
  await askBeside("quiet", "other clan");
  await expect(askBeside("popular", "too many")).rejects.toMatchObject({ reason: "CLAN_BUSY" });
  expect(done).toEqual(["other clan"]);
  first.release();
  await Promise.all([turn, ...running, ...waiting]);
  expect(done).toHaveLength(36);
});

it("refuses what would run beside the turn while 64 wait for it, so that it reads nothing", async () => {
  const { done, ask, askBeside } = createRequests();
  const first = createWork();
  const asked = [
    ask("popular", "a", { work: first.run }),
    ...Array.from({ length: 63 }, (_, n) => ask("popular", `waiting ${n}`)),
  ];
  await askBeside("popular", "before");
  expect(done).toEqual(["before"]);
  asked.push(ask("popular", "the last"));
  await expect(askBeside("popular", "too many")).rejects.toMatchObject({ reason: "CLAN_BUSY" });
  first.release();
  await Promise.all(asked);
  await askBeside("popular", "later");
  expect(done.at(-1)).toBe("later");
});
