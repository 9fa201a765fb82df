import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { type Fault, startFaultyProxy } from "@clan-platform/scripts/testkit/faulty-proxy.ts";
import { describe, expect, it } from "vitest";
import { ApiError, type ClanClient, type ConnectionError, createClanClient, isReason } from "./index.ts";

async function startService(): Promise<string> {
  const { app } = await startTestApp();
  return listen(app);
}

/** A client of a service, and a list to put faults in. */
async function startLossy(options = {}) {
  const faults: Fault[] = [];
  const { baseUrl } = await startFaultyProxy(await startService(), faults);
  return { clans: createClanClient({ baseUrl, ...options }), faults };
}

const errorOf = (promise: Promise<unknown>): Promise<ApiError | ConnectionError | undefined> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

const nobody = "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55";

describe("a deletion whose first answer was lost", () => {
  type Call = (clans: ClanClient, id: string) => Promise<void>;
  const inClan: [method: string, call: Call, reason: ApiError["reason"]][] = [
    ["leaveClan", (clans, id) => clans.leaveClan(id, "ana"), "MEMBER_NOT_FOUND"],
    ["deleteJoinRequest", (clans, id) => clans.deleteJoinRequest(id, "ben"), "JOIN_REQUEST_NOT_FOUND"],
    ["deleteInvitation", (clans, id) => clans.deleteInvitation(id, "cem"), "INVITATION_NOT_FOUND"],
  ];

  it.each([
    ...inClan,
    ["deleteClan", (clans: ClanClient, id: string) => clans.deleteClan(id), "CLAN_NOT_FOUND"],
  ])("is done when the repeated %s finds nothing", async (_, call, reason) => {
    const { clans, faults } = await startLossy();
    const { id } = await clans.createClan({ name: "Night Owls", leader_user_id: "ana" });
    await clans.createJoinRequest(id, "ben");
    await clans.createInvitation(id, "cem");
    faults.push("lose the answer");
    await (call as Call)(clans, id);
    expect(await errorOf((call as Call)(clans, id))).toMatchObject({ reason, mayBeDone: false });
  });

  it.each(inClan)("is not done by %s of a clan that is not there", async (_, call) => {
    const { clans, faults } = await startLossy();
    faults.push("lose the answer");
    expect(await errorOf(call(clans, nobody))).toMatchObject({ reason: "CLAN_NOT_FOUND", mayBeDone: true });
  });

  it("is not done when the first answer says so", async () => {
    const overloaded = JSON.stringify({ reason: "OVERLOADED", detail: "x", status: 503 });
    const { clans, faults } = await startLossy();
    faults.push((response) =>
      response.writeHead(503, { "content-type": "application/problem+json" }).end(overloaded),
    );
    expect(isReason(await errorOf(clans.deleteClan(nobody)), "CLAN_NOT_FOUND")).toBe(true);
  });

  it("is not done by a 404 of something else", async () => {
    const { clans, faults } = await startLossy();
    faults.push(
      (response) => response.writeHead(502).end(),
      (response) => response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not here</h1>"),
    );
    const error = await errorOf(clans.deleteClan(nobody));
    expect(error).toMatchObject({ name: "ApiError", status: 404 });
  });
});

describe("a change of a version whose first answer was lost", () => {
  /** A client of a service with a clan, and the tag of that. */
  async function startWithClan() {
    const lossy = await startLossy();
    const { id } = await lossy.clans.createClan({ name: "Night Owls", region: "EU" });
    const { response } = await lossy.clans.api.GET("/clans/{id}", { params: { path: { id } } });
    return { ...lossy, id, ifMatch: response.headers.get("etag") ?? "" };
  }

  it("succeeds when the clan is as asked", async () => {
    const { clans, faults, id, ifMatch } = await startWithClan();
    faults.push("lose the answer");
    const changed = await clans.changeClan(id, { region: null, join_mode: "closed" }, { ifMatch });
    expect(changed).toMatchObject({ region: null, join_mode: "closed", version: 2 });
    expect(await clans.getClan(id)).toEqual(changed);
  });

  it("succeeds when the clan is deleted", async () => {
    const { clans, faults, id, ifMatch } = await startWithClan();
    faults.push("lose the answer");
    await clans.deleteClan(id, { ifMatch });
    expect(isReason(await errorOf(clans.getClan(id)), "CLAN_NOT_FOUND")).toBe(true);
  });

  it("says that it may be done when the clan is another", async () => {
    const { clans, faults, id, ifMatch } = await startWithClan();
    await clans.changeClan(id, { region: "TR" });
    faults.push("lose the answer");
    const error = await errorOf(clans.changeClan(id, { region: "US" }, { ifMatch }));
    expect(error).toMatchObject({ reason: "PRECONDITION_FAILED", mayBeDone: true });
    expect(error?.message).toMatch(/It may be done all the same: the answer to an attempt was lost\.$/);
  });

  it("fails without a doubt, and without a look at the clan, when no answer was lost", async () => {
    const { clans, id, ifMatch } = await startWithClan();
    await clans.changeClan(id, { region: "TR" });
    const error = await errorOf(clans.changeClan(id, { region: "TR" }, { ifMatch }));
    expect(error).toMatchObject({ reason: "PRECONDITION_FAILED", mayBeDone: false });
    expect(error?.message).not.toContain("all the same");
  });
});

it("a refusal leaves no doubt of a POST, whose key repeats the first answer, nor of what is only read", async () => {
  const { clans, faults } = await startLossy();
  const { id } = await clans.createClan({ name: "Night Owls" });
  faults.push("lose the answer");
  const taken = await errorOf(clans.createClan({ name: "Night Owls" }));
  expect(taken).toMatchObject({ reason: "CLAN_NAME_TAKEN", mayBeDone: false });
  await clans.deleteClan(id);
  faults.push("lose the answer");
  expect(await errorOf(clans.getClan(id))).toMatchObject({ reason: "CLAN_NOT_FOUND", mayBeDone: false });
});

it("a POST is in doubt when its repetition did not get as far as its key", async () => {
  const { clans, faults } = await startLossy();
  const expired = JSON.stringify({ reason: "UNAUTHENTICATED", detail: "x", status: 401 });
  const answers: Fault[] = [
    (response) => response.writeHead(401, { "content-type": "application/problem+json" }).end(expired),
    (response) => response.writeHead(404, { "content-type": "text/html" }).end("<h1>Not here</h1>"),
  ];
  for (const answer of answers) {
    faults.push("lose the answer", answer);
    expect(await errorOf(clans.createClan({ name: "Night Owls" }))).toMatchObject({ mayBeDone: true });
  }
});

it("the last answer of something in front of the service leaves a write in doubt", async () => {
  const { clans, faults } = await startLossy({ maxAttempts: 1 });
  const page =
    (status: number): Fault =>
    (response) =>
      response.writeHead(status).end("<h1>Oops</h1>");
  faults.push(page(502), page(502), page(200), page(200), page(429));
  const doubts: unknown[] = [];
  for (let n = 0; n < 5; n++) {
    const error = await errorOf(n % 2 ? clans.getHealth() : clans.createClan({ name: "Night Owls" }));
    doubts.push(error instanceof ApiError && [error.status, error.mayBeDone]);
  }
  expect(doubts).toEqual([
    [502, true],
    [502, false],
    [200, true],
    [200, false],
    [429, false],
  ]);
});
