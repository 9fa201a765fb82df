import { get, post, startTestApp, type TestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";

async function patch(app: TestApp["app"], url: string, body: unknown, headers = {}) {
  const response = await app.inject({
    method: "PATCH",
    url,
    payload: JSON.stringify(body),
    headers: { "content-type": "application/merge-patch+json", ...headers },
  });
  return { status: response.statusCode, headers: response.headers, body: response.json() };
}

it("changes what the patch has, and nothing else", async () => {
  const { app } = await startTestApp();
  const { body: clan } = await post(app, "/clans", {
    name: "Night Owls",
    region: "EU",
    description: "one\r\ntwo",
  });
  expect(clan.description).toBe("one\ntwo");
  const url = `/clans/${clan.id}`;
  const changed = await patch(app, url, { name: "Day Owls", join_mode: "request", max_members: 7 });
  expect(changed.status).toBe(200);
  expect(changed.body).toEqual({
    ...clan,
    name: "Day Owls",
    join_mode: "request",
    max_members: 7,
    version: 2,
    updated_at: expect.any(String),
  });
  expect(changed.body.updated_at > clan.updated_at).toBe(true);
  const got = await get(app, url);
  expect([got.body, got.headers.etag]).toEqual([changed.body, changed.headers.etag]);
  expect((await patch(app, url, { region: null, description: null })).body).toMatchObject({
    region: null,
    description: null,
    name: "Day Owls",
    version: 3,
  });
  expect((await post(app, "/clans", { name: "Night Owls" })).status).toBe(201);
});

it("is no change when all is as it was", async () => {
  const { app } = await startTestApp();
  const { body: clan } = await post(app, "/clans", { name: "Night Owls" });
  for (const same of [{}, { name: " Night Owls" }, { description: " " }, { region: null, max_members: 50 }])
    expect((await patch(app, `/clans/${clan.id}`, same)).body).toEqual(clan);
});

it.each([
  ["an unknown field", { colour: "red" }, "body"],
  ["a name that is null", { name: null }, "name"],
  ["an empty name", { name: " " }, "name"],
  ["a join mode that is null", { join_mode: null }, "join_mode"],
  ["another join mode", { join_mode: "any" }, "join_mode"],
  ["no room", { max_members: 0 }, "max_members"],
  ["too much room", { max_members: 501 }, "max_members"],
  ["half a place", { max_members: 1.5 }, "max_members"],
  ["room in a text", { max_members: "5" }, "max_members"],
  ["the number of members", { member_count: 5 }, "body"],
  ["a leader", { leader_user_id: "ana" }, "body"],
  ["a tab in the description", { description: "a\tb" }, "description"],
  ["an invisible character in it", { description: "a\nb\u200bc" }, "description"],
  ["another direction in it", { description: "\u202eabc" }, "description"],
  ["501 characters", { description: "x".repeat(501) }, "description"],
  ["a list", [], "body"],
])("answers 400 to %s", async (_, body, field) => {
  const { app } = await startTestApp();
  const { body: clan } = await post(app, "/clans", { name: "Night Owls" });
  const answer = await patch(app, `/clans/${clan.id}`, body);
  expect([answer.status, answer.body.errors?.[0].field]).toEqual([400, field]);
  expect((await get(app, `/clans/${clan.id}`)).body).toEqual(clan);
});

it("keeps 500 characters as people count them, in lines and any scripts", async () => {
  const { app } = await startTestApp();
  const family = "👨‍👩‍👧‍👦";
  const description = `Gece kuşları 🦉\n\nПривет всем\n${family.repeat(100)}`;
  const { status, body } = await post(app, "/clans", { name: "Night Owls", description });
  expect([status, body.description]).toEqual([201, description]);
  const long = `${"ö".repeat(499)}\nx`;
  expect((await post(app, "/clans", { name: "A", description: long })).body.reason).toBe("VALIDATION_FAILED");
  expect((await post(app, "/clans", { name: "A", description: long.slice(1) })).status).toBe(201);
});

it("with If-Match, changes only the version that was read", async () => {
  const { app } = await startTestApp();
  const { body: clan } = await post(app, "/clans", { name: "Night Owls", description: "x".repeat(400) });
  const url = `/clans/${clan.id}`;
  // Large enough to be compressed, whose tag would be weak.
  await patch(app, url, { description: "long enough ".repeat(41) });
  await patch(app, url, { description: "ö".repeat(500) });
  const read = await get(app, url, { "accept-encoding": "gzip, br" });
  const match = { "if-match": String(read.headers.etag) };
  expect(match["if-match"]).toMatch(/^"/);
  const [one, other] = await Promise.all([
    patch(app, url, { region: "EU" }, match),
    patch(app, url, { region: "TR" }, match),
  ]);
  expect([one.status, other.status].toSorted()).toEqual([200, 412]);
  // A member who joins is a change as well.
  const etag = String(one.status === 200 ? one.headers.etag : other.headers.etag);
  await app.inject({ method: "PUT", url: `${url}/members/ana` });
  const late = await patch(app, url, { region: null }, { "if-match": etag });
  expect([late.status, late.body.reason]).toEqual([412, "PRECONDITION_FAILED"]);
  expect((await patch(app, url, { region: null }, { "if-match": "*" })).status).toBe(200);
});

it("answers 409 to the name of another clan, with its id, and takes another case of its own", async () => {
  const { app } = await startTestApp();
  const { body: owls } = await post(app, "/clans", { name: "Night Owls" });
  const { body: bears } = await post(app, "/clans", { name: "Bears" });
  const taken = await patch(app, `/clans/${bears.id}`, { name: "NIGHT owls" });
  expect([taken.status, taken.body.reason, taken.body.clan_id]).toEqual([409, "CLAN_NAME_TAKEN", owls.id]);
  expect((await patch(app, `/clans/${bears.id}`, { name: "BEARS" })).body.name).toBe("BEARS");
});

it("answers 409 to fewer places than members, and 404 without the clan", async () => {
  const { app } = await startTestApp();
  const { body: clan } = await post(app, "/clans", { name: "Night Owls", leader_user_id: "ana" });
  const url = `/clans/${clan.id}`;
  await app.inject({ method: "PUT", url: `${url}/members/ben` });
  expect((await patch(app, url, { max_members: 1 })).body.reason).toBe("MAX_MEMBERS_TOO_LOW");
  expect((await patch(app, url, { max_members: 2 })).body.max_members).toBe(2);
  await app.inject({ method: "DELETE", url });
  expect((await patch(app, url, { max_members: 2 })).body.reason).toBe("CLAN_NOT_FOUND");
});

it("lets a patch wait for one that is running, and sees what it did", async () => {
  const { app, database } = await startTestApp();
  const { body: clan } = await post(app, "/clans", { name: "Night Owls" });
  const [admin, observer] = [await connect(database.adminUrl), await connect(database.adminUrl)];
  await admin.query("begin");
  await admin.query("update clans set max_members = 5 where id = $1", [clan.id]);
  const waiting = patch(app, `/clans/${clan.id}`, { region: "EU" });
  await expect.poll(() => waitingForLock(observer)).toHaveLength(1);
  await admin.query("commit");
  expect((await waiting).body).toMatchObject({ max_members: 5, region: "EU" });
});
