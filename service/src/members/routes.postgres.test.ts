import { get, post, startTestApp, type TestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { inYearZero } from "@clan-platform/scripts/testkit/page-token.ts";
import { describe, expect, it } from "vitest";

const noId = "00000000-0000-7000-8000-000000000000";

/** A service with a clan, and what a test does with its members. */
async function startClan(body: object = {}) {
  const { app, database } = await startTestApp();
  const create = async (name: string, fields: object = {}) =>
    (await post(app, "/clans", { name, ...fields })).body.id as string;
  const id = await create("Night Owls", body);
  const call = async (method: "PUT" | "PATCH" | "DELETE", url: string, payload?: object) => {
    const response = await app.inject({ method, url, ...(payload && { payload }) });
    const body = response.body === "" ? undefined : response.json();
    return { status: response.statusCode, headers: response.headers, body };
  };
  const path = (user: string, clan = id) => `/clans/${clan}/members/${encodeURIComponent(user)}`;
  return {
    app,
    database,
    id,
    create,
    call,
    join: (user: string, clan = id) => call("PUT", path(user, clan)),
    leave: (user: string, query = "", clan = id) => call("DELETE", `${path(user, clan)}${query}`),
    setRole: (user: string, role: unknown, clan = id) => call("PATCH", path(user, clan), { role }),
    members: (clan = id) => membersOf(app, clan),
    async periods() {
      const admin = await connect(database.adminUrl);
      const { rows } = await admin.query(
        "select user_id, clan_id, left_reason from clan_membership_periods order by id",
      );
      return rows;
    },
  };
}

async function membersOf(app: TestApp["app"], clan: string, query = ""): Promise<[string, string][]> {
  const { body } = await get(app, `/clans/${clan}/members${query}`);
  return body.members.map(({ user_id, role }: { user_id: string; role: string }) => [user_id, role]);
}

describe("joining", () => {
  it("answers 201 once and 200 from then on; who comes first leads", async () => {
    const { app, id, join, members } = await startClan();
    const first = await join("ana");
    expect([first.status, first.headers.location]).toEqual([201, `/clans/${id}/members/ana`]);
    expect(first.body).toEqual({
      user_id: "ana",
      clan_id: id,
      role: "leader",
      joined_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
    });
    expect(await join("ana")).toMatchObject({ status: 200, body: first.body });
    expect((await join("ben")).body.role).toBe("member");
    expect(await members()).toEqual([
      ["ana", "leader"],
      ["ben", "member"],
    ]);
    expect((await get(app, `/clans/${id}`)).body).toMatchObject({ member_count: 2, version: 3 });
    const { status, body } = await get(app, "/users/ben/clan");
    expect([status, body.role, body.clan.id]).toEqual([200, "member", id]);
  });

  it("refuses a second clan, a full one, one that is not open, and one that is not there", async () => {
    const { id, create, join } = await startClan({ leader_user_id: "ana", max_members: 2 });
    const other = await create("Bears");
    expect((await join("ana", other)).body).toMatchObject({ reason: "IN_ANOTHER_CLAN", clan_id: id });
    expect((await join("ben")).status).toBe(201);
    expect((await join("cem")).body).toMatchObject({ status: 409, reason: "CLAN_FULL" });
    expect((await join("ben")).status).toBe(200);
    for (const join_mode of ["request", "closed"]) {
      const shut = await create(join_mode, { join_mode });
      expect((await join("dan", shut)).body).toMatchObject({ status: 409, reason: "CLAN_NOT_OPEN" });
    }
    expect((await join("dan", noId)).body).toMatchObject({ status: 404, reason: "CLAN_NOT_FOUND" });
  });

  it.each(["a/b", "a b", "ä%2F", "..a", "🦉", "a?b#c", "a;b,c", "x".repeat(128)])(
    "takes the user id %s",
    async (user) => {
      const { app, join, leave, members } = await startClan();
      expect((await join(user)).body.user_id).toBe(user);
      expect(await members()).toEqual([[user, "leader"]]);
      expect((await get(app, `/users/${encodeURIComponent(user)}/clan`)).status).toBe(200);
      expect((await leave(user)).status).toBe(204);
    },
  );

  it.each(["%20", "a%00", "a%0A", "x".repeat(129), "%ff"])("refuses the user id %s", async (user) => {
    const { id, call } = await startClan();
    expect((await call("PUT", `/clans/${id}/members/${user}`)).status).toBe(400);
  });

  it("refuses a body, which would have no effect, and takes an empty one of any kind", async () => {
    const { app, id } = await startClan();
    const url = `/clans/${id}/members/ana`;
    const headers = { "content-type": "application/json" };
    const put = (payload?: string) =>
      app.inject({ method: "PUT", url, headers, ...(payload !== undefined && { payload }) });
    const refused = await put('{"role":"leader"}');
    expect([refused.statusCode, refused.json().errors[0].field]).toEqual([400, "body"]);
    for (const payload of [undefined, "", "{}", "null"])
      expect([200, 201]).toContain((await put(payload)).statusCode);
  });
});

describe("creating a clan with a leader", () => {
  it("makes them its first member, or makes no clan when they are in another one", async () => {
    const { app, id, members, periods } = await startClan({ leader_user_id: "ana" });
    expect(await members()).toEqual([["ana", "leader"]]);
    expect((await get(app, `/clans/${id}`)).body).toMatchObject({ member_count: 1, version: 1 });
    const key = { "idempotency-key": "1" };
    const refused = await post(app, "/clans", { name: "Bears", leader_user_id: "ana" }, key);
    expect([refused.status, refused.body.reason, refused.body.clan_id]).toEqual([409, "IN_ANOTHER_CLAN", id]);
    expect((await get(app, "/clans?name=bears")).body.clans).toEqual([]);
    const created = await post(app, "/clans", { name: "Bears", leader_user_id: "ben" }, key);
    const again = await post(app, "/clans", { name: "Bears", leader_user_id: "ben" }, key);
    expect([created.status, again.text]).toEqual([201, created.text]);
    expect(await periods()).toHaveLength(2);
    const taken = await post(app, "/clans", { name: "night OWLS", leader_user_id: "cem" });
    expect(taken.body).toMatchObject({ reason: "CLAN_NAME_TAKEN", clan_id: id });
    expect((await get(app, "/users/cem/clan")).body.reason).toBe("NOT_IN_A_CLAN");
  });
});

describe("leaving", () => {
  it("lets the longest-serving co-leader lead, else member; the last one leaves an empty clan", async () => {
    const { app, id, join, leave, setRole, members, periods } = await startClan();
    for (const user of ["ana", "ben", "cem", "dan"]) await join(user);
    await setRole("dan", "co_leader");
    await setRole("cem", "co_leader");
    expect((await leave("ana")).status).toBe(204);
    expect(await members()).toEqual([
      ["cem", "leader"],
      ["dan", "co_leader"],
      ["ben", "member"],
    ]);
    await leave("dan", "?reason=kicked");
    await leave("cem", "?reason=left");
    expect(await members()).toEqual([["ben", "leader"]]);
    await leave("ben");
    expect((await get(app, `/clans/${id}`)).body.member_count).toBe(0);
    expect(await members()).toEqual([]);
    expect((await periods()).map(({ user_id, left_reason }) => [user_id, left_reason])).toEqual([
      ["ana", "left"],
      ["ben", "left"],
      ["cem", "left"],
      ["dan", "kicked"],
    ]);
    expect((await join("eve")).body.role).toBe("leader");
  });

  it("answers 404 to who is not in it, and 400 to another reason", async () => {
    const { create, join, leave } = await startClan({ leader_user_id: "ana" });
    const other = await create("Bears");
    await join("ben", other);
    for (const user of ["ben", "nobody"])
      expect((await leave(user)).body).toMatchObject({ status: 404, reason: "MEMBER_NOT_FOUND" });
    expect((await leave("ana", "", noId)).body.reason).toBe("CLAN_NOT_FOUND");
    expect((await leave("ana", "?reason=bored")).body.errors[0].field).toBe("query.reason");
    expect((await leave("ana")).status).toBe(204);
    expect((await leave("ana")).status).toBe(404);
  });

  it("deleting a clan ends all memberships, and history stays", async () => {
    const { app, id, create, join, call, periods } = await startClan({ leader_user_id: "ana" });
    await join("ben");
    await post(app, `/clans/${id}/invitations`, { user_id: "cem" });
    await post(app, `/clans/${id}/join-requests`, { user_id: "dan" });
    expect((await call("DELETE", `/clans/${id}`)).status).toBe(204);
    expect((await get(app, "/users/ana/clan")).body.reason).toBe("NOT_IN_A_CLAN");
    expect(await periods()).toEqual([
      { user_id: "ana", clan_id: id, left_reason: "clan_deleted" },
      { user_id: "ben", clan_id: id, left_reason: "clan_deleted" },
    ]);
    expect((await join("ana", await create("Bears"))).status).toBe(201);
  });
});

describe("roles", () => {
  it("a new leader makes the old one co-leader", async () => {
    const { join, setRole, members } = await startClan({ leader_user_id: "ana" });
    await join("ben");
    const { status, body } = await setRole("ben", "leader");
    expect([status, body.role]).toEqual([200, "leader"]);
    expect((await setRole("ben", "leader")).status).toBe(200);
    expect(await members()).toEqual([
      ["ben", "leader"],
      ["ana", "co_leader"],
    ]);
    await setRole("ana", "member");
    expect(await members()).toEqual([
      ["ben", "leader"],
      ["ana", "member"],
    ]);
  });

  it("keep a leader: they can't give themselves another role, nor lead another clan", async () => {
    const { create, join, setRole } = await startClan({ leader_user_id: "ana" });
    for (const role of ["co_leader", "member"])
      expect((await setRole("ana", role)).body).toMatchObject({ status: 409, reason: "LEADER_REQUIRED" });
    const other = await create("Bears");
    await join("ben", other);
    expect((await setRole("ana", "leader", other)).body.reason).toBe("MEMBER_NOT_FOUND");
    expect((await setRole("ben", "leader")).body.reason).toBe("MEMBER_NOT_FOUND");
    expect((await setRole("ana", "member", noId)).body.reason).toBe("CLAN_NOT_FOUND");
    for (const role of ["owner", null, 1])
      expect((await setRole("ana", role)).body.errors[0].field).toBe("role");
  });

  it.each([
    "update clan_members set role = 'leader' where user_id = 'ben'",
    "update clan_members set role = 'member' where user_id = 'ana'",
    "delete from clan_members where user_id = 'ana'",
    "update clans set leader_user_id = null",
    "update clans set leader_user_id = 'ben'",
    "update clans set leader_user_id = 'nobody'",
    "update clans set member_count = 0",
    "update clans set max_members = 1",
    "insert into clan_members (user_id, clan_id, joined_at) select user_id, clan_id, now() from clan_members where role = 'leader'",
  ])("the database refuses: %s", async (statement) => {
    const { database, join } = await startClan({ leader_user_id: "ana" });
    await join("ben");
    const client = await connect(database.adminUrl);
    await expect(client.query(statement)).rejects.toThrow(/violates/);
  });
});

describe("listing members", () => {
  it("has the leader first, in pages, and one role alone", async () => {
    const { app, id, join, setRole } = await startClan({ leader_user_id: "zoe" });
    for (const user of ["ben", "ana", "dan"]) await join(user);
    await setRole("dan", "co_leader");
    const all: string[] = [];
    for (let token = ""; ; ) {
      const { body } = await get(app, `/clans/${id}/members?page_size=1${token}`);
      all.push(...body.members.map(({ user_id }: { user_id: string }) => user_id));
      if (body.next_page_token === null) break;
      token = `&page_token=${body.next_page_token}`;
    }
    expect(all).toEqual(["zoe", "dan", "ben", "ana"]);
    expect((await membersOf(app, id, "?role=member")).map(([user]) => user)).toEqual(["ben", "ana"]);
    expect((await get(app, `/clans/${id}/members?role=owner`)).status).toBe(400);
    expect((await get(app, `/clans/${noId}/members`)).body.reason).toBe("CLAN_NOT_FOUND");
  });

  it("refuses a page token with a time that PostgreSQL does not have", async () => {
    const { app, id, join } = await startClan();
    for (const user of ["ana", "ben"]) await join(user);
    const { next_page_token } = (await get(app, `/clans/${id}/members?page_size=1`)).body;
    const { status, body } = await get(app, `/clans/${id}/members?page_token=${inYearZero(next_page_token)}`);
    expect([status, body.reason]).toEqual([400, "INVALID_PAGE_TOKEN"]);
  });
});

it("a version from before members deletes a clan by its statement alone: memberships, requests and invitations end", async () => {
  const { app, database, id, join, periods } = await startClan({ leader_user_id: "ana" });
  await join("ben");
  await post(app, `/clans/${id}/join-requests`, { user_id: "cem" });
  await post(app, `/clans/${id}/invitations`, { user_id: "dan" });
  const service = await connect(database.serviceUrl);
  const { rows } = await service.query("delete from clans where id = $1 returning id", [id]);
  expect(rows).toEqual([{ id }]);
  expect(await periods()).toEqual([
    { user_id: "ana", clan_id: id, left_reason: "clan_deleted" },
    { user_id: "ben", clan_id: id, left_reason: "clan_deleted" },
  ]);
  for (const table of ["clan_members", "clan_join_requests", "clan_invitations"])
    expect((await service.query(`select from ${table}`)).rowCount).toBe(0);
});

it("a clan's id may be written in upper case", async () => {
  const { id, join, setRole, leave } = await startClan({ leader_user_id: "ana" });
  const upper = id.toUpperCase();
  expect((await join("ben", upper)).status).toBe(201);
  expect((await join("ben", upper)).status).toBe(200);
  expect((await setRole("ben", "co_leader", upper)).status).toBe(200);
  expect((await leave("ben", "", upper)).status).toBe(204);
});
