import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { describe, expect, it } from "vitest";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const noId = "00000000-0000-7000-8000-000000000000";

describe("POST /clans", () => {
  it("creates a clan and says where it is", async () => {
    const { app } = await startTestApp();
    const { status, headers, body } = await post(app, "/clans", { name: "Night Owls", region: "EU" });
    expect(status).toBe(201);
    expect(body).toEqual({
      id: expect.stringMatching(uuid),
      name: "Night Owls",
      region: "EU",
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
      description: null,
      join_mode: "open",
      max_members: 50,
      member_count: 0,
      updated_at: body.created_at,
      version: 1,
    });
    expect(Math.abs(Date.parse(body.created_at) - Date.now())).toBeLessThan(60_000);
    expect(headers.location).toBe(`/clans/${body.id}`);
    expect((await get(app, `/clans/${body.id}`)).body).toEqual(body);
  });

  it("keeps the name trimmed and in NFC, and the region in upper case", async () => {
    const { app } = await startTestApp();
    const { body } = await post(app, "/clans", { name: "\u00a0 Cafe\u0301 Noir\t", region: "us-east1" });
    expect(body).toMatchObject({ name: "Caf\u00e9 Noir", region: "US-EAST1" });
  });

  it("takes a clan without a region", async () => {
    const { app } = await startTestApp();
    expect((await post(app, "/clans", { name: "One" })).body.region).toBeNull();
    expect((await post(app, "/clans", { name: "Two", region: null })).body.region).toBeNull();
  });

  it.each([
    ["other case", "NIGHT owls"],
    ["surrounding blanks", "  Night Owls "],
    ["both", " nIGHT oWLS"],
  ])("answers 409 with the clan's id when the name exists in %s", async (_, name) => {
    const { app } = await startTestApp();
    const first = await post(app, "/clans", { name: "Night Owls" });
    const { status, body } = await post(app, "/clans", { name });
    expect(status).toBe(409);
    expect(body).toMatchObject({ reason: "CLAN_NAME_TAKEN", clan_id: first.body.id });
  });

  it("compares names by full Unicode case folding", async () => {
    const { app } = await startTestApp();
    await post(app, "/clans", { name: "Straßenfüchse" });
    expect((await post(app, "/clans", { name: "STRASSENFÜCHSE" })).status).toBe(409);
    await post(app, "/clans", { name: "Солнечный" });
    expect((await post(app, "/clans", { name: "СОЛНЕЧНЫЙ" })).status).toBe(409);
  });

  it.each([
    ["no name", {}, "name"],
    ["an empty name", { name: "" }, "name"],
    ["a blank name", { name: " \t\u2003" }, "name"],
    ["a name of 65 characters", { name: "x".repeat(65) }, "name"],
    ["a name that is a number", { name: 5 }, "name"],
    ["a name that is null", { name: null }, "name"],
    ["NUL in the name", { name: "a\0b" }, "name"],
    ["a newline in the name", { name: "a\nb" }, "name"],
    ["a lone surrogate", '{"name":"a\\ud800b"}', "name"],
    ["an unknown field", { name: "Owls", colour: "red" }, "body"],
    ["a region that is no code", { name: "Owls", region: "15" }, "region"],
    ["an empty region", { name: "Owls", region: "" }, "region"],
    ["a region that is a number", { name: "Owls", region: 15 }, "region"],
    ["a list", [], "body"],
    ["a string", '"Owls"', "body"],
    ["null", "null", "body"],
  ])("answers 400 naming the field for %s", async (_, body, field) => {
    const { app } = await startTestApp();
    const answer = await post(app, "/clans", body);
    expect(answer.status).toBe(400);
    expect(answer.body.reason).toBe("VALIDATION_FAILED");
    expect(answer.body.errors[0].field).toBe(field);
    expect((await get(app, "/clans")).body.clans).toEqual([]);
  });

  it("takes 64 characters, counted as people count them", async () => {
    const { app } = await startTestApp();
    const name = "🦉".repeat(64);
    expect((await post(app, "/clans", { name })).body.name).toBe(name);
  });

  it("makes one clan of 100 simultaneous requests with the same name", async () => {
    const { app } = await startTestApp();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        post(app, "/clans", { name: i % 2 ? "Night Owls" : "NIGHT OWLS" }, { "idempotency-key": `key-${i}` }),
      ),
    );
    const created = answers.filter(({ status }) => status === 201);
    const refused = answers.filter(({ status }) => status === 409);
    expect([created.length, refused.length]).toEqual([1, 99]);
    for (const { body } of refused) expect(body.clan_id).toBe(created[0]?.body.id);
  });
});

describe("GET /clans", () => {
  it("lists the newest first, in pages with a token", async () => {
    const { app } = await startTestApp();
    const names = ["one", "two", "three", "four", "five"];
    for (const name of names) await post(app, "/clans", { name });

    const first = (await get(app, "/clans?page_size=2")).body;
    expect(first.clans.map(nameOf)).toEqual(["five", "four"]);
    const second = (await get(app, `/clans?page_size=2&page_token=${first.next_page_token}`)).body;
    expect(second.clans.map(nameOf)).toEqual(["three", "two"]);
    const third = (await get(app, `/clans?page_size=2&page_token=${second.next_page_token}`)).body;
    expect(third.clans.map(nameOf)).toEqual(["one"]);
    expect(third.next_page_token).toBeNull();
  });

  it("has no next page when the last one is just full", async () => {
    const { app } = await startTestApp();
    for (const name of ["one", "two"]) await post(app, "/clans", { name });
    expect((await get(app, "/clans?page_size=2")).body.next_page_token).toBeNull();
  });

  it("lists one region, case-insensitive", async () => {
    const { app } = await startTestApp();
    await post(app, "/clans", { name: "one", region: "EU" });
    await post(app, "/clans", { name: "two", region: "TR" });
    await post(app, "/clans", { name: "three" });
    expect((await get(app, "/clans?region=EU")).body.clans.map(nameOf)).toEqual(["one"]);
    expect((await get(app, "/clans?region=tr")).body.clans.map(nameOf)).toEqual(["two"]);
  });

  it("finds the clan with a name, also with one of two characters, regardless of case", async () => {
    const { app } = await startTestApp();
    for (const name of ["ab", "ABC", "Straße", "🦉", "100%"])
      await post(app, "/clans", { name, region: "EU" });
    const find = async (name: string, rest = "") => {
      const { status, body } = await get(app, `/clans?name=${encodeURIComponent(name)}${rest}`);
      expect([status, body.next_page_token]).toEqual([200, null]);
      return body.clans.map(nameOf);
    };
    expect(await find("AB")).toEqual(["ab"]);
    expect(await find(" ab ", "&page_size=1")).toEqual(["ab"]);
    expect(await find("STRASSE")).toEqual(["Straße"]);
    expect(await find("🦉")).toEqual(["🦉"]);
    expect(await find("100_")).toEqual([]);
    expect(await find("a")).toEqual([]);
    expect(await find("ab", "&region=eu")).toEqual(["ab"]);
    expect(await find("ab", "&region=TR")).toEqual([]);
  });

  it("refuses the token of a list or a search together with a name", async () => {
    const { app } = await startTestApp();
    for (const name of ["owl one", "owl two"]) await post(app, "/clans", { name });
    for (const path of ["/clans?page_size=1", "/clans/search?name=owl&page_size=1"]) {
      const { next_page_token } = (await get(app, path)).body;
      const { body } = await get(app, `/clans?name=owl&page_token=${next_page_token}`);
      expect(body.reason).toBe("INVALID_PAGE_TOKEN");
    }
  });

  it("gives 50 by default and 1000 at most", async () => {
    const { app, database } = await startTestApp();
    const admin = await connect(database.adminUrl);
    await admin.query("insert into clans (name) select 'clan ' || n from generate_series(1, 1100) n");
    expect((await get(app, "/clans")).body.clans).toHaveLength(50);
    expect((await get(app, "/clans?page_size=1000")).body.clans).toHaveLength(1000);
  });

  it.each([
    "page_size=0",
    "page_size=1001",
    "page_size=-1",
    "page_size=ten",
    "page_size=1.5",
    "page_size=",
    "page_size=1&page_size=2",
    "page_token=",
    "page_token=xyz",
    "page_token=WyJhIl0",
    "page_token=%00",
    "region=15",
    "region=EU&region=TR",
    "name=",
    "name=%20",
    `name=${"x".repeat(65)}`,
    "name=a&name=b",
    "sort=name",
  ])("answers 400 to ?%s", async (query) => {
    const { app } = await startTestApp();
    const { status, body } = await get(app, `/clans?${query}`);
    expect(status).toBe(400);
    expect(["VALIDATION_FAILED", "INVALID_PAGE_TOKEN"]).toContain(body.reason);
  });

  it("refuses a token with a day that does not exist, or of another region", async () => {
    const { app } = await startTestApp();
    for (const name of ["one", "two"]) await post(app, "/clans", { name, region: "EU" });
    const { next_page_token } = (await get(app, "/clans?region=EU&page_size=1")).body;
    expect((await get(app, `/clans?region=TR&page_token=${next_page_token}`)).body.reason).toBe(
      "INVALID_PAGE_TOKEN",
    );
    const token = Buffer.from(
      JSON.stringify([{ created_at: "2024-02-31T00:00:00.000000Z", id: noId }, "region "]),
    ).toString("base64url");
    expect((await get(app, `/clans?page_token=${token}`)).status).toBe(400);
    const yearZero = JSON.stringify([{ created_at: "0000-01-01T00:00:00.000000Z", id: noId }, "region "]);
    const { status } = await get(app, `/clans?page_token=${Buffer.from(yearZero).toString("base64url")}`);
    expect(status).toBe(400);
    expect((await get(app, `/clans?region=EU&page_token=${next_page_token}!!`)).status).toBe(400);
  });

  it("shows a walk every clan that was there at its start once, while others are inserted and share a time", async () => {
    const { app, database } = await startTestApp();
    const admin = await connect(database.adminUrl);
    // One statement: all 500 have the same created_at; only the id distinguishes them.
    await admin.query("insert into clans (name) select 'early ' || n from generate_series(1, 500) n");
    let walking = true;
    const inserting = (async () => {
      for (let n = 0; walking; n++) await post(app, "/clans", { name: `late ${n}` });
    })();

    const seen: string[] = [];
    let token: string | null = "";
    while (token !== null) {
      const page: { clans: { name: string }[]; next_page_token: string | null } = (
        await get(app, `/clans?page_size=7${token && `&page_token=${token}`}`)
      ).body;
      seen.push(...page.clans.map(nameOf));
      token = page.next_page_token;
    }
    walking = false;
    await inserting;

    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((name) => name.startsWith("early"))).toHaveLength(500);
  });
});

describe("GET /clans/search", () => {
  it("finds what the name contains, regardless of case, newest first, in pages", async () => {
    const { app } = await startTestApp();
    for (const name of ["Night Owls", "Midnight Bakers", "Daylight", "NIGHTFALL"])
      await post(app, "/clans", { name });
    const first = (await get(app, "/clans/search?name=nigh&page_size=2")).body;
    expect(first.clans.map(nameOf)).toEqual(["NIGHTFALL", "Midnight Bakers"]);
    const second = (await get(app, `/clans/search?name=nigh&page_size=2&page_token=${first.next_page_token}`))
      .body;
    expect(second).toMatchObject({ clans: [{ name: "Night Owls" }], next_page_token: null });
  });

  it("folds case beyond ASCII", async () => {
    const { app } = await startTestApp();
    for (const name of ["Солнечный Ветер", "Straßenfüchse", "龍の爪の力"])
      await post(app, "/clans", { name });
    const find = async (name: string) =>
      (await get(app, `/clans/search?name=${encodeURIComponent(name)}`)).body.clans.map(nameOf);
    expect(await find("ВЕТЕР")).toEqual(["Солнечный Ветер"]);
    expect(await find("STRASSE")).toEqual(["Straßenfüchse"]);
    expect(await find("の爪の")).toEqual(["龍の爪の力"]);
  });

  it.each([
    ["%", "The 100% Crew", "100%"],
    ["_", "Under_Score", "r_S"],
    ["\\", "Back\\Slash", "k\\S"],
  ])("takes %s for itself", async (_, name, part) => {
    const { app } = await startTestApp();
    for (const each of [name, "The 1000 Crews", "UnderXScore", "BackSlash"])
      await post(app, "/clans", { name: each });
    const { body } = await get(app, `/clans/search?name=${encodeURIComponent(part)}`);
    expect(body.clans.map(nameOf)).toEqual([name]);
  });

  it.each([
    "",
    "name=",
    "name=ab",
    "name=%20ab%20",
    "name=a%00bc",
    `name=${"x".repeat(65)}`,
    "name=abc&name=abd",
    "name=abc&region=15",
    "name=abc&join_mode=any",
    "name=abc&has_room=yes",
    "name=abc&ids=x",
    "name=abc&page_token=zzz",
    "name=abc%ff",
    "name=%ED%A0%80abc",
    "name=abc%",
  ])("answers 400 to ?%s", async (query) => {
    const { app } = await startTestApp();
    expect((await get(app, `/clans/search?${query}`)).status).toBe(400);
  });

  it("refuses the token of another search", async () => {
    const { app } = await startTestApp();
    for (const name of ["Owl one", "Owl two"]) await post(app, "/clans", { name });
    const { next_page_token } = (await get(app, "/clans/search?name=owl&page_size=1")).body;
    expect((await get(app, `/clans/search?name=bear&page_token=${next_page_token}`)).body.reason).toBe(
      "INVALID_PAGE_TOKEN",
    );
  });
});

describe("filters of lists and searches", () => {
  it("list and search by region, join mode and room, in pages", async () => {
    const { app } = await startTestApp();
    const clans: [name: string, body: object][] = [
      ["abc open", { region: "EU" }],
      ["abc asks", { region: "EU", join_mode: "request" }],
      ["abc shut", { region: "TR", join_mode: "closed" }],
      ["abc full", { region: "EU", leader_user_id: "ana", max_members: 1 }],
    ];
    for (const [name, body] of clans) await post(app, "/clans", { name, ...body });
    const found = async (query: string) => {
      const { status, body } = await get(app, query);
      expect([status, body.next_page_token]).toEqual([200, null]);
      return body.clans.map(nameOf);
    };
    for (const path of ["/clans?", "/clans/search?name=abc&"]) {
      expect(await found(`${path}region=eu&has_room=true`)).toEqual(["abc asks", "abc open"]);
      expect(await found(`${path}has_room=false`)).toEqual(["abc full"]);
      expect(await found(`${path}join_mode=closed`)).toEqual(["abc shut"]);
      expect(await found(`${path}join_mode=closed&region=EU`)).toEqual([]);
      const first = (await get(app, `${path}join_mode=open&page_size=1`)).body;
      expect(first.clans.map(nameOf)).toEqual(["abc full"]);
      const next = `page_size=1&page_token=${first.next_page_token}`;
      expect(await found(`${path}join_mode=open&${next}`)).toEqual(["abc open"]);
      expect((await get(app, `${path}join_mode=closed&${next}`)).body.reason).toBe("INVALID_PAGE_TOKEN");
    }
    expect(await found("/clans?name=ABC%20full&has_room=true")).toEqual([]);
    expect(await found("/clans?name=ABC%20full&has_room=false")).toEqual(["abc full"]);
  });

  it("list the largest first", async () => {
    const { app } = await startTestApp();
    for (const [name, members] of [
      ["none", 0],
      ["three", 3],
      ["one", 1],
      ["two", 2],
    ] as const) {
      const { body } = await post(app, "/clans", { name });
      for (let n = 0; n < members; n++)
        await app.inject({ method: "PUT", url: `/clans/${body.id}/members/${name}-${n}` });
    }
    const names: string[] = [];
    for (let token = ""; ; ) {
      const { body } = await get(app, `/clans?sort=members&page_size=1${token}`);
      names.push(...body.clans.map(nameOf));
      if (body.next_page_token === null) break;
      token = `&page_token=${body.next_page_token}`;
    }
    expect(names).toEqual(["three", "two", "one", "none"]);
  });

  it("go on after clans that don't pass, a limited number at a time", async () => {
    const { app, database } = await startTestApp();
    const admin = await connect(database.adminUrl);
    await admin.query(
      `insert into clans (name, join_mode, created_at)
       select 'clan ' || n, case n when 1 then 'closed' else 'open' end, timestamptz '2024-01-01' + n * interval '1 s'
       from generate_series(1, 6000) n`,
    );
    for (const sort of ["newest", "members"]) {
      const first = (await get(app, `/clans?join_mode=closed&sort=${sort}`)).body;
      const second = (
        await get(app, `/clans?join_mode=closed&sort=${sort}&page_token=${first.next_page_token}`)
      ).body;
      expect([...first.clans, ...second.clans].map(nameOf)).toEqual(["clan 1"]);
      expect(second.next_page_token).toBeNull();
    }
  });

  it("find a batch of ids, as many as there are", async () => {
    const { app } = await startTestApp();
    const ids: string[] = [];
    for (let n = 0; n < 60; n++) ids.push((await post(app, "/clans", { name: `clan ${n}` })).body.id);
    const batch = (await get(app, `/clans?ids=${[...ids, noId, ids[0]].join(",")}`)).body;
    expect(batch.clans.map(({ id }: { id: string }) => id)).toEqual(ids.toReversed());
    expect(batch.next_page_token).toBeNull();
    const repeated = (await get(app, `/clans?ids=${ids[3]}&ids=${ids[1]}`)).body;
    expect(repeated.clans.map(nameOf)).toEqual(["clan 3", "clan 1"]);
    const upper = (await get(app, `/clans?name=clan%203&ids=${ids[3]?.toUpperCase()}`)).body;
    expect(upper.clans.map(nameOf)).toEqual(["clan 3"]);
    const tooMany = Array.from({ length: 101 }, () => noId).join(",");
    expect((await get(app, `/clans?ids=${tooMany}`)).body.errors[0].field).toBe("query.ids");
  });
});

describe("GET and DELETE /clans/{id}", () => {
  it("deletes a clan once", async () => {
    const { app } = await startTestApp();
    const { body } = await post(app, "/clans", { name: "Night Owls" });
    const first = await app.inject({ method: "DELETE", url: `/clans/${body.id}` });
    expect([first.statusCode, first.body]).toEqual([204, ""]);
    const second = await app.inject({ method: "DELETE", url: `/clans/${body.id}` });
    expect([second.statusCode, second.json().reason]).toEqual([404, "CLAN_NOT_FOUND"]);
    expect((await get(app, `/clans/${body.id}`)).status).toBe(404);
    expect((await post(app, "/clans", { name: "Night Owls" })).status).toBe(201);
  });

  it("deletes when the client names a content type and sends no body", async () => {
    const { app } = await startTestApp();
    const { body } = await post(app, "/clans", { name: "Night Owls" });
    const headers = { "content-type": "application/json" };
    expect((await app.inject({ method: "DELETE", url: `/clans/${body.id}`, headers })).statusCode).toBe(204);
  });

  it.each(["1", "abc", "not-a-uuid", "%00", "x".repeat(300), `${noId}x`])(
    "answers 400 to the id %s",
    async (id) => {
      const { app } = await startTestApp();
      expect((await get(app, `/clans/${id}`)).status).toBe(400);
      expect((await app.inject({ method: "DELETE", url: `/clans/${id}` })).statusCode).toBe(400);
    },
  );

  it("answers 404 where there is no such clan", async () => {
    const { app } = await startTestApp();
    expect((await get(app, `/clans/${noId}`)).body.reason).toBe("CLAN_NOT_FOUND");
  });
});

describe("while the table is locked", () => {
  it("answers 503 with Retry-After in the time of the lock limit, and recovers", async () => {
    const { app, database } = await startTestApp({ LOCK_TIMEOUT_MS: "200" });
    const admin = await connect(database.adminUrl);
    await admin.query("begin; lock table clans in access exclusive mode");
    const { status, headers, body } = await get(app, "/clans");
    expect([status, body.reason]).toEqual([503, "DATABASE_BUSY"]);
    expect(Number(headers["retry-after"])).toBeGreaterThan(0);
    await admin.query("rollback");
    expect((await get(app, "/clans")).status).toBe(200);
  });
});

describe("while PostgreSQL does not answer at all", () => {
  it("answers 503 in the time of the handler's limit, and recovers", async () => {
    const { app, database } = await startTestApp({
      LOCK_TIMEOUT_MS: "100",
      STATEMENT_TIMEOUT_MS: "200",
      CONNECT_TIMEOUT_MS: "400",
      HANDLER_TIMEOUT_MS: "500",
    });
    await get(app, "/clans");
    const admin = await connect(database.adminUrl);
    const { rows } = await admin.query(
      "select pid from pg_stat_activity where application_name = 'clan-service' and datname = current_database()",
    );
    for (const { pid } of rows) process.kill(pid, "SIGSTOP");
    const startedAt = performance.now();
    const { status, headers, body } = await get(app, "/clans");
    for (const { pid } of rows) process.kill(pid, "SIGCONT");
    expect([status, body.reason, headers["retry-after"]]).toEqual([503, "TIMEOUT", "2"]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    await expect.poll(async () => (await get(app, "/clans")).status, { timeout: 10_000 }).toBe(200);
  });
});

function nameOf(clan: { name: string }): string {
  return clan.name;
}
