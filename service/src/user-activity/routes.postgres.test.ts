import { tomorrow } from "@clan-platform/contract/day.ts";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { describe, expect, it } from "vitest";

const stored = { ...activity(), total_session_duration: 812.5, received_at: expect.any(String) };

describe("a batch", () => {
  it("is stored, updated by a newer delivery, and unchanged by a repeated one", async () => {
    const { app } = await startTestApp();
    const rows = [activity(), activity({ platform: "IOS" })];
    const counts = { received: 2, inserted: 0, updated: 0, unchanged: 0, repeated: 0, warnings: 0 };
    const first = await post(app, "/user-activity", { rows });
    expect([first.status, first.body]).toEqual([200, { ...counts, inserted: 2 }]);
    expect((await post(app, "/user-activity", { rows })).body).toEqual({ ...counts, unchanged: 2 });
    const corrected = [activity({ iap_revenue: 9.98 }), rows[1]];
    expect((await post(app, "/user-activity", { rows: corrected })).body).toEqual({
      ...counts,
      updated: 1,
      unchanged: 1,
    });
    const history = (await get(app, "/user-activity?user_id=player-1")).body.rows;
    expect(history).toMatchObject([{ platform: "IOS", iap_revenue: 4.99 }, { iap_revenue: 9.98 }]);
  });

  it("keeps received_at, and moves updated_at only with a change", async () => {
    const { app } = await startTestApp();
    const read = async () => (await get(app, "/user-activity?user_id=player-1")).body.rows[0];
    await post(app, "/user-activity", { rows: [activity()] });
    const first = await read();
    expect(first).toEqual({ ...stored, updated_at: first.received_at });
    await post(app, "/user-activity", { rows: [activity()] });
    expect(await read()).toEqual(first);
    await post(app, "/user-activity", { rows: [activity({ victory_count: 0 })] });
    const changed = await read();
    expect(changed.received_at).toBe(first.received_at);
    expect(changed.updated_at > first.updated_at).toBe(true);
  });

  it("with the same key twice counts the last one, and says so", async () => {
    const { app } = await startTestApp();
    const rows = [activity({ ad_revenue: 1 }), activity({ ad_revenue: 2 }), activity({ ad_revenue: 3 })];
    const { body } = await post(app, "/user-activity", { rows });
    expect(body).toMatchObject({ received: 3, inserted: 1, repeated: 2 });
    expect((await get(app, "/user-activity?user_id=player-1")).body.rows).toMatchObject([{ ad_revenue: 3 }]);
  });

  it("takes 1000 rows, and not 0 nor 1001", async () => {
    const { app } = await startTestApp();
    const rows = Array.from({ length: 1_001 }, (_, n) => activity({ user_id: `player-${n}` }));
    expect((await post(app, "/user-activity", { rows: rows.slice(1) })).body.inserted).toBe(1_000);
    for (const wrong of [rows, []]) {
      const { status, body } = await post(app, "/user-activity", { rows: wrong });
      expect([status, body.errors[0].field]).toEqual([400, "rows"]);
      expect(body.detail).toContain("1 to 1000 rows");
    }
  });

  it("takes values at their edges, case-insensitively, and keeps amounts to the last digit", async () => {
    const { app } = await startTestApp();
    const long = "123456789012345.12345678901234567890123456789012345678";
    const text = JSON.stringify({
      rows: [
        activity({
          user_id: "\u{1f600}".repeat(128),
          event_date: tomorrow(),
          install_date: "2015-01-01",
          platform: "iOs",
          country: "de",
          total_session_count: 2_147_483_647,
          match_start_count: 0,
          total_session_duration: 0,
          iap_revenue: "0.1",
        }),
        activity({ country: "", event_date: "2015-01-01", install_date: "2015-01-01" }),
        activity({ country: null, event_date: "2024-02-29", install_date: "2024-02-29", iap_revenue: -0 }),
        activity({ country: undefined, platform: "android", iap_revenue: 1e-7 }),
      ],
    }).replace('"ad_revenue":0.0125', `"ad_revenue":${long}`);
    const { status, body } = await post(app, "/user-activity", text);
    expect([status, body.inserted]).toEqual([200, 4]);
    const url = `/user-activity?user_id=${encodeURIComponent("\u{1f600}".repeat(128))}`;
    const answer = await app.inject({ method: "GET", url });
    expect(answer.body).toContain(`"ad_revenue":${long},`);
    expect(answer.json().rows).toMatchObject([
      { platform: "IOS", country: "DE", total_session_count: 2_147_483_647, iap_revenue: 0.1 },
    ]);
    const others = (await get(app, "/user-activity?user_id=player-1")).body.rows;
    expect(others).toMatchObject([
      { event_date: "2024-03-05", country: null, platform: "ANDROID", iap_revenue: 1e-7 },
      { event_date: "2024-02-29", country: null, iap_revenue: 0 },
      { event_date: "2015-01-01", country: null },
    ]);
  });

  it("keeps a row with more results than matches, and warns", async () => {
    const { app } = await startTestApp();
    const rows = [
      activity({ match_end_count: 1 }),
      activity({ platform: "IOS", victory_count: 4, defeat_count: 0 }),
    ];
    const { body } = await post(app, "/user-activity", { rows });
    expect(body).toMatchObject({ inserted: 2, warnings: 1 });
  });

  const count = /^must be a whole number from 0 to 2147483647$/;
  const amount = /^must be a number at least 0, with at most 15 digits before the point and 38 after it$/;
  const dayAfterTomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const faults: [field: string, value: unknown, message: RegExp][] = [
    ["user_id", undefined, /^is missing$/],
    ["user_id", "", /^must have 1 to 128 characters$/],
    ["user_id", "x".repeat(129), /^must have 1 to 128 characters$/],
    ["user_id", 7, /^must be a string$/],
    ["user_id", "a\tb", /control characters/],
    ["user_id", " a", /blank/],
    ["user_id", "..", /^must not be "\." or "\.\."$/],
    ["user_id", "a\u0000b", /NUL/],
    ["user_id", "\ud800", /surrogate/],
    ["event_date", undefined, /^is missing$/],
    ["event_date", "2024-02-30", /^must be a real day as YYYY-MM-DD$/],
    ["event_date", "2023-02-29", /real day/],
    ["event_date", "2024-3-5", /real day/],
    ["event_date", "20240305", /real day/],
    ["event_date", 20240305, /^must be a day/],
    ["event_date", "2014-12-31", /^must be from 2015-01-01 to tomorrow/],
    ["event_date", dayAfterTomorrow, /^must be from 2015-01-01 to tomorrow/],
    ["install_date", "2014-12-31", /^must be from 2015-01-01/],
    ["install_date", "2024-03-06", /^must not be after event_date$/],
    ["platform", "WEB", /^must be ANDROID or IOS$/],
    ["platform", null, /^must be ANDROID or IOS$/],
    ["country", "Turkye", /^must be an ISO 3166-1 code or the English name .*; the nearest is Türkiye$/],
    ["country", "T1", /^must be an ISO 3166-1 code or the English name of a country, null or empty$/],
    ["country", 90, /^must be an ISO 3166-1 code/],
    ["total_session_count", -1, count],
    ["match_start_count", 1.5, count],
    ["match_end_count", 2_147_483_648, count],
    ["victory_count", "3", count],
    ["defeat_count", null, count],
    ["server_connection_error", undefined, /^is missing$/],
    ["total_session_duration", -0.001, amount],
    ["total_session_duration", "1 s", amount],
    ["iap_revenue", -1, amount],
    ["iap_revenue", "NaN", amount],
    ["iap_revenue", "Infinity", amount],
    ["iap_revenue", "1e15", amount],
    ["ad_revenue", `0.${"1".repeat(39)}`, amount],
    ["ad_revenue", null, amount],
  ];

  it("with faulty rows lists every one, and stores none", async () => {
    const { app, database } = await startTestApp();
    // JSON has no infinity, but numbers that become one.
    const rows = [activity(), ...faults.map(([field, value]) => activity({ [field]: value }))];
    const text = JSON.stringify({
      rows: [...rows, activity({ iap_revenue: "INFINITE" }), activity({ extra: 1 }), 5],
    });
    const { status, body } = await post(app, "/user-activity", text.replace('"INFINITE"', "1e400"));
    expect([status, body.reason]).toEqual([400, "VALIDATION_FAILED"]);
    const first = faults.map(([field, value, message], n) => {
      const expected = { index: n + 1, field, message: expect.stringMatching(message) };
      // Installed after the day that is too early.
      const alsoWrong = { index: n + 1, field: "install_date", message: "must not be after event_date" };
      return value === "2014-12-31" && field === "event_date" ? [expected, alsoWrong] : [expected];
    });
    expect(body.errors).toEqual([
      ...first.flat(),
      { index: faults.length + 1, field: "iap_revenue", message: expect.stringMatching(amount) },
      { index: faults.length + 2, field: "rows", message: "has unknown fields: extra" },
      { index: faults.length + 3, field: "rows", message: "must be an object with the fields of a row" },
    ]);
    expect(body.detail).toMatch(/^\[1\] user_id: is missing; .*; and 32 more, in errors$/);
    const admin = await connect(database.adminUrl);
    expect((await admin.query("select from user_activity")).rowCount).toBe(0);
  });

  it.each([
    ["total_session_count", "1e-400", count],
    ["total_session_count", "-1E-400", count],
    ["total_session_count", "1e308", count],
    ["iap_revenue", "-1e-400", amount],
    ["ad_revenue", "0.001e-397", amount],
  ])("with %s %s, which a double takes for another number, is refused", async (field, number, message) => {
    const { app } = await startTestApp();
    const text = JSON.stringify({ rows: [activity({ [field]: "ODD" })] }).replace('"ODD"', number);
    const { status, body } = await post(app, "/user-activity", text);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ index: 0, field, message: expect.stringMatching(message) }]);
  });

  it("lists every fault of a row", async () => {
    const { app } = await startTestApp();
    const { body } = await post(app, "/user-activity", { rows: [activity({ platform: "x", country: "y" })] });
    expect(body.errors.map(({ field }: { field: string }) => field)).toEqual(["platform", "country"]);
  });

  it("larger than 2 MiB is refused with the limit", async () => {
    const { app } = await startTestApp();
    const { status, body } = await post(app, "/user-activity", " ".repeat(2 ** 21 + 1));
    expect([status, body.reason]).toEqual([413, "BODY_TOO_LARGE"]);
    expect(body.detail).toContain("2 MiB");
  });

  it("with an Idempotency-Key is answered once", async () => {
    const { app } = await startTestApp();
    const key = { "idempotency-key": "batch-1" };
    const first = await post(app, "/user-activity", { rows: [activity()] }, key);
    await post(app, "/user-activity", { rows: [activity({ iap_revenue: 7 })] });
    const again = await post(app, "/user-activity", { rows: [activity()] }, key);
    expect([again.text, again.headers["idempotency-replayed"]]).toEqual([first.text, "true"]);
    expect((await get(app, "/user-activity?user_id=player-1")).body.rows[0].iap_revenue).toBe(7);
    const other = await post(app, "/user-activity", { rows: [activity({ iap_revenue: 8 })] }, key);
    expect([other.status, other.body.reason]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
  });
});

describe("a user's history", () => {
  const days = Array.from({ length: 25 }, (_, n) => `2024-03-${String(n + 1).padStart(2, "0")}`);
  const rows = days.flatMap((event_date) => [
    activity({ event_date }),
    activity({ event_date, platform: "IOS" }),
    activity({ event_date, user_id: "player-10" }),
  ]);

  it("comes newest first, in pages that have every row once", async () => {
    const { app } = await startTestApp();
    await post(app, "/user-activity", { rows });
    const seen: string[] = [];
    let token = "";
    do {
      const url = `/user-activity?user_id=player-1&page_size=7${token && `&page_token=${token}`}`;
      const { body } = await get(app, url);
      for (const row of body.rows) seen.push(`${row.event_date} ${row.platform}`);
      token = body.next_page_token;
    } while (token);
    expect(seen).toEqual(days.toReversed().flatMap((day) => [`${day} IOS`, `${day} ANDROID`]));
  });

  it("can be cut to days, both included", async () => {
    const { app } = await startTestApp();
    await post(app, "/user-activity", { rows });
    const read = async (query: string) =>
      (await get(app, `/user-activity?user_id=player-1&${query}`)).body.rows.map(
        ({ event_date }: { event_date: string }) => event_date,
      );
    expect(await read("from=2024-03-24")).toEqual(["25", "25", "24", "24"].map((day) => `2024-03-${day}`));
    expect(await read("to=2024-03-01")).toEqual(["2024-03-01", "2024-03-01"]);
    expect(await read("from=2024-03-02&to=2024-03-02")).toHaveLength(2);
    expect(await read("from=2025-01-01")).toEqual([]);
  });

  it.each([
    ["", "query.user_id", /is missing/],
    ["user_id=", "query.user_id", /1 to 128/],
    ["user_id=a&from=2024-02-30", "query.from", /real day/],
    ["user_id=a&from=2024-02-02&to=2024-02-01", "query.from", /must not be after to/],
    ["user_id=a&from=0000-01-01", "query.from", /real day/],
    ["user_id=a&page_size=0", "query.page_size", /1 to 1000/],
    ["user_id=a&day=2024-02-02", "query", /^has unknown fields: day$/],
  ])("asked for with %j is refused", async (query, field, message) => {
    const { app } = await startTestApp();
    const { status, body } = await get(app, `/user-activity?${query}`);
    expect([status, body.errors]).toEqual([400, [{ field, message: expect.stringMatching(message) }]]);
  });

  it("refuses the page token of another user", async () => {
    const { app } = await startTestApp();
    await post(app, "/user-activity", { rows });
    const { next_page_token } = (await get(app, "/user-activity?user_id=player-1&page_size=1")).body;
    const forged = [
      { event_date: "2024-03-01", platform: "\u0000" },
      { event_date: "0000-01-01", platform: "IOS" },
    ].map((end) => Buffer.from(JSON.stringify([end, '["player-10",null,null]'])).toString("base64url"));
    for (const token of [next_page_token, ...forged]) {
      const { status, body } = await get(app, `/user-activity?user_id=player-10&page_token=${token}`);
      expect([status, body.reason]).toEqual([400, "INVALID_PAGE_TOKEN"]);
    }
  });
});

describe("erasing a user", () => {
  const erase = (userId: string) =>
    ({ method: "DELETE", url: `/users/${encodeURIComponent(userId)}/activity` }) as const;

  it("deletes all of the user's rows and no other rows", async () => {
    const { app } = await startTestApp();
    const rows = ["a/b?c", "a"].flatMap((user_id) => [
      activity({ user_id }),
      activity({ user_id, platform: "IOS" }),
    ]);
    await post(app, "/user-activity", { rows });
    for (let time = 0; time < 2; time++) {
      const answer = await app.inject(erase("a/b?c"));
      expect([answer.statusCode, answer.body]).toEqual([204, ""]);
    }
    expect((await get(app, `/user-activity?user_id=${encodeURIComponent("a/b?c")}`)).body.rows).toEqual([]);
    expect((await get(app, "/user-activity?user_id=a")).body.rows).toHaveLength(2);
  });

  it("takes the longest id", async () => {
    const { app } = await startTestApp();
    expect((await app.inject(erase("\u{1f600}".repeat(128)))).statusCode).toBe(204);
    expect((await app.inject(erase("x".repeat(129)))).statusCode).toBe(400);
  });
});
