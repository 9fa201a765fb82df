import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { activity, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import { listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { startFaultyProxy } from "@clan-platform/scripts/testkit/faulty-proxy.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { ApiError, ConnectionError, createClanClient, isReason, type Retry } from "./index.ts";

async function startService(environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const { app } = await startTestApp(environment);
  return listen(app);
}

async function collect<Entry>(entries: AsyncIterable<Entry>): Promise<Entry[]> {
  const all: Entry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error) => error,
  );

const row = () => ({ ...activity({ user_id: "player-1" }), total_session_duration: 812.5 }) as never;

it("creates, reads, lists, searches and deletes clans", async () => {
  const clans = createClanClient({ baseUrl: await startService() });
  const names = Array.from({ length: 5 }, (_, n) => `Harbor Lights ${n}`);
  for (const name of names) await clans.createClan({ name, region: "EU" });
  const listed = await collect(clans.listClans({ region: "EU", page_size: 2 }));
  expect(listed.map(({ name }) => name)).toEqual(names.toReversed());
  expect(await collect(clans.searchClans({ name: "light", page_size: 2 }))).toEqual(listed);
  expect(await collect(clans.listClans({ name: "harbor lights 3" }))).toEqual([listed[1]]);
  const [newest] = listed;
  expect(await clans.getClan(newest?.id ?? "")).toEqual(newest);
  await clans.deleteClan(newest?.id ?? "");
  expect(await collect(clans.listClans())).toHaveLength(4);
  expect(await clans.getHealth()).toEqual({ status: "ok" });
});

it("lets players join, lead and leave clans", async () => {
  const clans = createClanClient({ baseUrl: await startService() });
  const { id } = await clans.createClan({
    name: "Harbor Lights",
    leader_user_id: "ana",
    join_mode: "request",
  });
  expect(isReason(await errorOf(clans.joinClan(id, "ben")), "CLAN_NOT_OPEN")).toBe(true);
  await clans.createJoinRequest(id, "ben");
  expect(await collect(clans.listJoinRequests(id, { page_size: 1 }))).toMatchObject([{ user_id: "ben" }]);
  expect(await clans.acceptJoinRequest(id, "ben")).toMatchObject({ user_id: "ben", role: "member" });
  await clans.createInvitation(id, "cem/1");
  await clans.createInvitation(id, "dan");
  await clans.deleteInvitation(id, "dan");
  expect(await collect(clans.listInvitations(id))).toMatchObject([{ user_id: "cem/1" }]);
  await clans.acceptInvitation(id, "cem/1");
  await clans.changeMember(id, "ben", { role: "leader" });
  const members = await collect(clans.listMembers(id, { page_size: 2 }));
  expect(members.map(({ user_id, role }) => [user_id, role])).toEqual([
    ["ben", "leader"],
    ["ana", "co_leader"],
    ["cem/1", "member"],
  ]);
  await clans.leaveClan(id, "cem/1", { reason: "kicked" });
  expect(isReason(await errorOf(clans.getOwnClan("cem/1")), "NOT_IN_A_CLAN")).toBe(true);
  expect(await clans.changeClan(id, { join_mode: "open" })).toMatchObject({
    join_mode: "open",
    member_count: 2,
  });
  const ifMatch = '"another"';
  expect(
    isReason(await errorOf(clans.changeClan(id, { region: null }, { ifMatch })), "PRECONDITION_FAILED"),
  ).toBe(true);
  expect(isReason(await errorOf(clans.deleteClan(id, { ifMatch })), "PRECONDITION_FAILED")).toBe(true);
  await clans.joinClan(id, "cem/1");
  expect(await clans.getOwnClan("cem/1")).toMatchObject({ role: "member", clan: { id, member_count: 3 } });
  expect((await collect(clans.exportUser("cem/1"))).map(({ type }) => type)).toEqual([
    "membership",
    "membership_period",
    "membership_period",
  ]);
  await clans.eraseUser("cem/1");
  expect((await collect(clans.exportUser("cem/1"))).map(({ type }) => type)).toEqual(["erasure"]);
});

it("stores, imports, lists and erases user activity", async () => {
  const clans = createClanClient({ baseUrl: await startService() });
  expect(await clans.storeActivity([row()])).toMatchObject({ received: 1, inserted: 1 });
  const days = ["2024-03-06", "2024-03-07", "2024-03-08"];
  const csv = toCsv(days.map((event_date) => activity({ user_id: "player-1", event_date })));
  const report = await clans.importActivity(new Uint8Array(gzipSync(`${csv}broken\n`)), {
    contentType: "text/csv",
    contentEncoding: "gzip",
  });
  expect(report).toMatchObject({ inserted: 3, rejected: 1 });
  const rejected = clans.importActivity(`${csv}broken\n`, { contentType: "text/csv", maxRejects: 0 });
  expect(isReason(await errorOf(rejected), "TOO_MANY_REJECTS")).toBe(true);
  const rows = await collect(clans.listActivity({ user_id: "player-1", from: "2024-03-06", page_size: 1 }));
  expect(rows.map(({ event_date }) => event_date)).toEqual(days.toReversed());
  await clans.eraseActivity("player-1");
  expect(await collect(clans.listActivity({ user_id: "player-1" }))).toEqual([]);
});

it("throws errors with their reason", async () => {
  const API_KEYS = createHash("sha256").update("secret").digest("hex");
  const baseUrl = await startService({ API_KEYS });
  const clans = createClanClient({ baseUrl, apiKey: "secret" });
  const clan = await clans.createClan({ name: "Night Owls" });

  const taken = await errorOf(clans.createClan({ name: "NIGHT OWLS" }));
  expect(isReason(taken, "CLAN_NAME_TAKEN") && [taken.status, taken.problem.clan_id]).toEqual([409, clan.id]);
  const invalid = await errorOf(clans.createClan({ name: "Night Owls", region: "?" }));
  expect(isReason(invalid, "VALIDATION_FAILED") && invalid.problem.errors).toMatchObject([
    { field: "region" },
  ]);
  const missing = await errorOf(clans.getClan("2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55"));
  expect([isReason(missing, "CLAN_NOT_FOUND"), isReason(missing, "NOT_FOUND")]).toEqual([true, false]);
  expect((missing as ApiError).requestId).toBeTruthy();
  const keyless = await errorOf(createClanClient({ baseUrl }).createClan({ name: "x" }));
  expect(isReason(keyless, "UNAUTHENTICATED")).toBe(true);
  const { error } = await clans.api.GET("/clans", { params: { query: { page_token: "x" } } });
  expect(error?.reason).toBe("INVALID_PAGE_TOKEN");
});

it("retries with the same Idempotency-Key, and waits as long as the service asks", async () => {
  const { baseUrl, keys } = await startFaultyProxy(await startService(), [
    (response) => response.writeHead(503, { "retry-after": "1" }).end(),
    (response) => response.writeHead(429).end(),
    (response) => response.socket?.destroy(),
    "lose the answer",
  ]);
  const retries: Retry[] = [];
  const clans = createClanClient({ baseUrl, onRetry: (retry) => retries.push(retry) });
  const clan = await clans.createClan({ name: "Night Owls" });
  expect(retries.map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 503],
    [2, 429],
    [3, undefined],
    [4, undefined],
  ]);
  expect(retries[0]?.waitMs).toBe(1_000);
  expect(retries[3]?.waitMs).toBeGreaterThanOrEqual(2_000);
  expect([keys.length, new Set(keys).size]).toEqual([5, 1]);
  expect(await collect(clans.listClans())).toEqual([clan]);
});

it("takes neither a redirect nor a page of HTML for what was asked for", async () => {
  const { baseUrl, keys } = await startFaultyProxy("http://127.0.0.1:1", [
    (response) => response.writeHead(302, { location: "https://clans.example.com/clans" }).end(),
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>"),
    (response) => response.writeHead(200, { "content-type": "text/html" }).end("<h1>Welcome</h1>"),
  ]);
  const clans = createClanClient({ baseUrl });
  const redirected = await errorOf(clans.createClan({ name: "Night Owls" }));
  expect(redirected).toBeInstanceOf(ApiError);
  expect((redirected as ApiError).message).toBe(
    "302 redirects to https://clans.example.com/clans: use the URL of the service itself",
  );
  for (const call of [() => clans.createClan({ name: "Night Owls" }), () => clans.getHealth()]) {
    const error = await errorOf(call());
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).message).toBe("200 answers text/html instead of JSON: is it the service?");
  }
  expect(keys).toHaveLength(3);
});

it("waits until the date that Retry-After has, at most half a minute, and no longer than it is aborted", async () => {
  const controller = new AbortController();
  const { baseUrl } = await startFaultyProxy("http://127.0.0.1:1", [
    (response) =>
      response.writeHead(503, { "retry-after": new Date(Date.now() + 3_600_000).toUTCString() }).end(),
  ]);
  const waits: number[] = [];
  const clans = createClanClient({
    baseUrl,
    onRetry: ({ waitMs }) => {
      waits.push(waitMs);
      controller.abort(new Error("stopped"));
    },
  });
  expect(await errorOf(clans.getHealth({ signal: controller.signal }))).toEqual(new Error("stopped"));
  expect(waits).toEqual([30_000]);
});

it("gives an import more time than other requests, and no more than its option says", async () => {
  const limits: number[] = [];
  const timeout = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    limits.push(ms);
    return new AbortController().signal;
  });
  onTestFinished(() => timeout.mockRestore());
  const answer = async () => Response.json({});
  for (const timeoutMs of [undefined, 1_000]) {
    const options = { baseUrl: "http://127.0.0.1:1", fetch: answer, ...(timeoutMs && { timeoutMs }) };
    const clans = createClanClient(options);
    await clans.importActivity("", { contentType: "text/csv" });
    await clans.getHealth();
  }
  // The service's own limit of an import is 120 seconds.
  expect(limits).toEqual([130_000, 30_000, 1_000, 1_000]);
});

it("goes on after an empty page, and ends at one that leads to itself", async () => {
  const pages = [
    { clans: [{ name: "A" }], next_page_token: "1" },
    { clans: [], next_page_token: "2" },
    { clans: [{ name: "B" }], next_page_token: "2" },
    { clans: [{ name: "C" }], next_page_token: null },
  ];
  const tokens: (string | null)[] = [];
  const fetch = async (input: unknown) => {
    tokens.push(new URL((input as Request).url).searchParams.get("page_token"));
    return Response.json(pages[tokens.length - 1]);
  };
  const clans = createClanClient({ baseUrl: "http://127.0.0.1:1", fetch });
  const names: string[] = [];
  const reading = (async () => {
    for await (const { name } of clans.listClans()) names.push(name);
  })();
  await expect(reading).rejects.toThrow(/would never end/);
  expect([names, tokens]).toEqual([
    ["A", "B"],
    [null, "1", "2"],
  ]);
});

it("gives up after its last attempt, and at once when it is aborted", async () => {
  const gone = await startFaultyProxy("http://127.0.0.1:1", [
    (response) => response.socket?.destroy(),
    (response) => response.writeHead(502).end("<h1>Bad gateway</h1>"),
  ]);
  const clans = createClanClient({ baseUrl: gone.baseUrl, maxAttempts: 2 });
  const last = await errorOf(clans.createClan({ name: "Night Owls" }));
  expect(last).toBeInstanceOf(ApiError);
  expect([(last as ApiError).status, (last as ApiError).reason]).toEqual([502, undefined]);

  const unreachable = createClanClient({ baseUrl: "http://127.0.0.1:1", maxAttempts: 1 });
  const refused = await errorOf(unreachable.getHealth());
  expect(refused).toBeInstanceOf(ConnectionError);

  const controller = new AbortController();
  const waiting = createClanClient({
    baseUrl: "http://127.0.0.1:1",
    onRetry: () => controller.abort(new Error("stopped")),
  });
  expect(await errorOf(waiting.getHealth({ signal: controller.signal }))).toEqual(new Error("stopped"));
});

it("stops reading pages when the loop over them does", async () => {
  const requests: string[] = [];
  const baseUrl = await startService();
  const clans = createClanClient({
    baseUrl,
    fetch: (input, init) => {
      requests.push((input as Request).url);
      return fetch(input, init);
    },
  });
  for (const name of ["A", "B", "C"]) await clans.createClan({ name });
  requests.length = 0;
  for await (const clan of clans.listClans({ page_size: 1 })) if (clan.name === "B") break;
  expect(requests).toHaveLength(2);
});
