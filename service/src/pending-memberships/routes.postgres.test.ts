import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { inYearZero } from "@clan-platform/scripts/testkit/page-token.ts";
import { describe, expect, it } from "vitest";

describe.each([
  ["join-requests", "clan_join_requests", "JOIN_REQUEST_NOT_FOUND"],
  ["invitations", "clan_invitations", "INVITATION_NOT_FOUND"],
])("%s", (path, table, notFound) => {
  async function start(fields: object = {}) {
    const { app, database } = await startTestApp();
    const create = async (name: string, more: object = {}) =>
      (await post(app, "/clans", { name, join_mode: "request", ...more })).body.id as string;
    const id = await create("Night Owls", fields);
    const url = (user: string, clan = id) => `/clans/${clan}/${path}/${encodeURIComponent(user)}`;
    return {
      app,
      database,
      id,
      create,
      ask: (user_id: string, headers = {}, clan = id) =>
        post(app, `/clans/${clan}/${path}`, { user_id }, headers),
      async accept(user: string, headers = {}, clan = id) {
        const response = await app.inject({ method: "POST", url: `${url(user, clan)}/accept`, headers });
        return { status: response.statusCode, headers: response.headers, body: response.json() };
      },
      remove: (user: string) => app.inject({ method: "DELETE", url: url(user) }),
      async list(query = "") {
        const { body } = await get(app, `/clans/${id}/${path}${query}`);
        return body.entries.map(({ user_id }: { user_id: string }) => user_id);
      },
      join: (user: string, clan: string) =>
        app.inject({ method: "PUT", url: `/clans/${clan}/members/${user}` }),
    };
  }

  it("are created once, listed oldest first, and accepted: the player joins", async () => {
    const { app, id, ask, accept, list } = await start({ leader_user_id: "zoe" });
    const first = await ask("ben/1");
    expect([first.status, first.headers.location]).toEqual([201, `/clans/${id}/${path}/ben%2F1`]);
    expect(first.body).toMatchObject({ user_id: "ben/1", clan_id: id });
    expect(Date.parse(first.body.expires_at) - Date.parse(first.body.created_at)).toBe(7 * 86_400_000);
    expect(await ask("ben/1")).toMatchObject({ status: 200, body: first.body });
    await ask("ana");
    expect(await list()).toEqual(["ben/1", "ana"]);
    const page = (await get(app, `/clans/${id}/${path}?page_size=1`)).body;
    expect(await list(`?page_size=1&page_token=${page.next_page_token}`)).toEqual(["ana"]);
    const accepted = await accept("ben/1");
    expect([accepted.status, accepted.body.role, accepted.body.user_id]).toEqual([200, "member", "ben/1"]);
    expect(await list()).toEqual(["ana"]);
    expect((await accept("ben/1")).body).toEqual(accepted.body);
    expect((await accept("nobody")).body.reason).toBe(notFound);
  });

  it("are declined or withdrawn once", async () => {
    const { ask, accept, remove } = await start();
    await ask("ana");
    expect((await remove("ana")).statusCode).toBe(204);
    expect((await remove("ana")).json().reason).toBe(notFound);
    expect((await accept("ana")).body).toMatchObject({ status: 404, reason: notFound });
  });

  it("are void after 7 days, can be made again, and are swept out", async () => {
    const { database, ask, accept, remove, list } = await start();
    const admin = await connect(database.adminUrl);
    const expire = () => admin.query(`update ${table} set created_at = created_at - interval '7 days'`);
    await ask("ana");
    await ask("ben");
    await expire();
    expect(await list()).toEqual([]);
    expect((await accept("ana")).body.reason).toBe(notFound);
    expect((await remove("ben")).json().reason).toBe(notFound);
    expect((await ask("ana")).status).toBe(201);
    await expire();
    await ask("cem");
    expect((await admin.query(`select user_id from ${table}`)).rows).toEqual([{ user_id: "cem" }]);
  });

  it("are refused for a player in a clan, and end when the player joins one", async () => {
    const { id, create, ask, accept, list, join } = await start({ leader_user_id: "zoe" });
    const other = await create("Bears", { join_mode: "open" });
    expect((await ask("zoe")).body).toMatchObject({ status: 409, reason: "ALREADY_A_MEMBER" });
    expect((await ask("zoe", {}, other)).body).toMatchObject({ reason: "IN_ANOTHER_CLAN", clan_id: id });
    await ask("ana");
    expect((await join("ana", other)).statusCode).toBe(201);
    expect(await list()).toEqual([]);
    expect((await accept("ana")).body).toMatchObject({ reason: "IN_ANOTHER_CLAN", clan_id: other });
  });

  it.each(["leaves that clan", "loses that clan"])(
    "written while the player joins another clan, can't be accepted once the player %s",
    async (end) => {
      const { app, database, id, create, ask, accept, list, join } = await start({ leader_user_id: "zoe" });
      const other = await create("Bears", { join_mode: "open" });
      const [holder, watcher] = [await connect(database.adminUrl), await connect(database.adminUrl)];
      // Holds it between the look for a membership and its commit.
      await holder.query("begin");
      await holder.query("select from clans where id = $1 for update", [id]);
      const asked = ask("ana");
      await expect.poll(() => waitingForLock(watcher), { timeout: 10_000 }).toHaveLength(1);
      expect((await join("ana", other)).statusCode).toBe(201);
      await holder.query("commit");
      expect((await asked).status).toBe(201);
      expect((await accept("ana")).body).toMatchObject({ reason: "IN_ANOTHER_CLAN", clan_id: other });

      const url = end === "leaves that clan" ? `/clans/${other}/members/ana` : `/clans/${other}`;
      expect((await app.inject({ method: "DELETE", url })).statusCode).toBe(204);
      expect((await accept("ana")).body).toMatchObject({ status: 404, reason: notFound });
      expect(await list()).toEqual([]);
    },
  );

  it("don't let anyone into a full clan, and stay until there is room", async () => {
    const { app, id, ask, accept, list } = await start({ leader_user_id: "zoe", max_members: 1 });
    await ask("ana");
    expect((await accept("ana")).body).toMatchObject({ status: 409, reason: "CLAN_FULL" });
    expect(await list()).toEqual(["ana"]);
    const change = { method: "PATCH" as const, url: `/clans/${id}`, payload: { max_members: 2 } };
    await app.inject(change);
    expect((await accept("ana")).status).toBe(200);
  });

  it("with an Idempotency-Key, get the first answer again, and no stored answer names the player", async () => {
    const { database, ask, accept } = await start();
    const key = { "idempotency-key": "1" };
    const [first, again] = [await ask("player-4711", key), await ask("player-4711", key)];
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect((await ask("player-4712", key)).body.reason).toBe("IDEMPOTENCY_KEY_REUSED");
    const [accepted, replayed] = [await accept("player-4711", key), await accept("player-4711", key)];
    expect([replayed.body, replayed.headers["idempotency-replayed"]]).toEqual([accepted.body, "true"]);
    const admin = await connect(database.adminUrl);
    const { rows } = await admin.query("select keys::text as text from idempotency_keys as keys");
    expect(rows).toHaveLength(2);
    for (const { text } of rows) expect(text).not.toContain("4711");
  });

  it("answer 400 to what they don't know, and 404 without the clan", async () => {
    const { app, id, ask, accept } = await start();
    const noId = "00000000-0000-7000-8000-000000000000";
    expect((await post(app, `/clans/${id}/${path}`, { user_id: "a", note: "hi" })).status).toBe(400);
    expect((await post(app, `/clans/${id}/${path}`, {})).body.errors[0].field).toBe("user_id");
    expect((await ask("ana", {}, noId)).body.reason).toBe("CLAN_NOT_FOUND");
    expect((await accept("ana", {}, noId)).body.reason).toBe("CLAN_NOT_FOUND");
    expect((await get(app, `/clans/${noId}/${path}`)).body.reason).toBe("CLAN_NOT_FOUND");
  });
});

describe.each([
  ["join-requests", "clan_join_requests"],
  ["invitations", "clan_invitations"],
])("%s of a player", (path, table) => {
  it("are listed over all clans, oldest first, in pages, without those that have expired", async () => {
    const { app, database } = await startTestApp();
    const clans: string[] = [];
    for (const name of ["Night Owls", "Bears", "Foxes", "Wolves"]) {
      const { body } = await post(app, "/clans", { name, join_mode: "request" });
      clans.push(body.id);
      await post(app, `/clans/${body.id}/${path}`, { user_id: "ben/1" });
      await post(app, `/clans/${body.id}/${path}`, { user_id: "zoe" });
    }
    const admin = await connect(database.adminUrl);
    const expire = `update ${table} set created_at = now() - interval '8 days' where clan_id = $1`;
    await admin.query(expire, [clans[1]]);
    const url = `/users/ben%2F1/${path}`;
    const first = await get(app, `${url}?page_size=2`);
    expect(first.headers["cache-control"]).toBe("no-store");
    const rest = await get(app, `${url}?page_size=2&page_token=${first.body.next_page_token}`);
    const entries = [...first.body.entries, ...rest.body.entries];
    expect(entries).toMatchObject(
      [clans[0], clans[2], clans[3]].map((clan_id) => ({ user_id: "ben/1", clan_id })),
    );
    expect(rest.body.next_page_token).toBeNull();
    const others = await get(app, `/users/zoe/${path}?page_token=${first.body.next_page_token}`);
    expect([others.status, others.body.reason]).toEqual([400, "INVALID_PAGE_TOKEN"]);
    expect((await get(app, `/users/nobody/${path}`)).body).toEqual({ entries: [], next_page_token: null });
  });

  it("are not listed after a page token with a time that PostgreSQL does not have", async () => {
    const { app } = await startTestApp();
    const [first, second] = await Promise.all(
      ["Night Owls", "Bears"].map(async (name) => (await post(app, "/clans", { name })).body.id),
    );
    await post(app, `/clans/${first}/${path}`, { user_id: "ana" });
    await post(app, `/clans/${first}/${path}`, { user_id: "ben" });
    await post(app, `/clans/${second}/${path}`, { user_id: "ben" });
    for (const list of [`/clans/${first}/${path}`, `/users/ben/${path}`]) {
      const { next_page_token } = (await get(app, `${list}?page_size=1`)).body;
      const { status, body } = await get(app, `${list}?page_token=${inYearZero(next_page_token)}`);
      expect([list, status, body.reason]).toEqual([list, 400, "INVALID_PAGE_TOKEN"]);
    }
  });
});

it("a closed clan takes no join requests, and invites", async () => {
  const { app } = await startTestApp();
  const { body } = await post(app, "/clans", { name: "Night Owls", join_mode: "closed" });
  const asked = await post(app, `/clans/${body.id}/join-requests`, { user_id: "ana" });
  expect(asked.body).toMatchObject({ status: 409, reason: "CLAN_NOT_OPEN" });
  expect((await post(app, `/clans/${body.id}/invitations`, { user_id: "ana" })).status).toBe(201);
  const url = `/clans/${body.id}/invitations/ana/accept`;
  expect((await app.inject({ method: "POST", url })).statusCode).toBe(200);
});
