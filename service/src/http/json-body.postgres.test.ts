import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { describe, expect, it } from "vitest";

const numbers = [
  "5",
  "4711",
  "123456789012345",
  "9007199254740993",
  "123456789012345678",
  `1${"0".repeat(40)}`,
];
const row = (field: string, json: string) =>
  JSON.stringify({ ...activity({ user_id: "a" }), [field]: "?" }).replace('"?"', json);
const ndjson = { "content-type": "application/x-ndjson" };

describe("a number", () => {
  it.each([...numbers, "0.30000000000000004", "1e-400", "-1e400"])(
    "such as %s is no name, no region and no user_id",
    async (number) => {
      const { app } = await startTestApp();
      for (const [body, field] of [
        [`{"name":${number}}`, "name"],
        [`{"name":"Owls","region":${number}}`, "region"],
      ] as const) {
        const { status, body: problem } = await post(app, "/clans", body);
        expect([status, problem.errors?.[0].field]).toEqual([400, field]);
      }
      const line = row("user_id", number);
      const batch = await post(app, "/user-activity", `{"rows":[${line}]}`);
      expect([batch.status, batch.body.errors]).toEqual([
        400,
        [{ index: 0, field: "user_id", message: "must be a string" }],
      ]);
      const { body: report } = await post(app, "/user-activity/import", line, ndjson);
      expect([report.received, report.rejects]).toEqual([
        1,
        [{ line: 1, field: "user_id", message: "must be a string" }],
      ]);
    },
  );

  it("is a user_id in CSV, where everything is text", async () => {
    const { app } = await startTestApp();
    const { user_id: _, ...rest } = activity();
    const csv = `user_id,${Object.keys(rest)}\n123456789012345678,${Object.values(rest)}`;
    const { body } = await post(app, "/user-activity/import", csv, { "content-type": "text/csv" });
    expect(body).toMatchObject({ received: 1, inserted: 1 });
    expect((await get(app, "/user-activity?user_id=123456789012345678")).body.rows).toHaveLength(1);
  });

  it.each([
    ["iap_revenue", "123456789012345.12345678901234567890123456789012345678"],
    ["total_session_duration", "0.30000000000000004"],
    ["match_start_count", "3.00000000000000000000"],
    ["match_start_count", "2147483647"],
  ])("that is long is kept exactly as %s", async (field, number) => {
    const { app } = await startTestApp();
    for (const send of [
      () => post(app, "/user-activity", `{"rows":[${row(field, number)}]}`),
      () => post(app, "/user-activity/import", row(field, number), ndjson),
    ]) {
      const { status, body } = await send();
      expect([status, body.received - (body.rejected ?? 0)]).toEqual([200, 1]);
    }
    const { body } = await app.inject({ method: "GET", url: "/user-activity?user_id=a" });
    expect(body).toContain(`"${field}":${field.endsWith("count") ? Number(number) : number}`);
  });

  it.each(["3.00000000000000000000000001", "1e-400", "2147483648", "123456789012345678"])(
    "that is no count is refused as one: %s",
    async (number) => {
      const { app } = await startTestApp();
      const line = row("match_start_count", number);
      const { status, body } = await post(app, "/user-activity", `{"rows":[${line}]}`);
      expect([status, body.errors?.[0].field]).toEqual([400, "match_start_count"]);
      const { body: report } = await post(app, "/user-activity/import", line, ndjson);
      expect(report.rejects?.[0].field).toBe("match_start_count");
    },
  );
});

it.each([
  "application/x-www-form-urlencoded",
  "text/plain; charset=utf-8",
  "application/octet-stream",
  "application/json; charset=utf-16",
  "none",
])("a body of type %s that is not there is none, where a call has none", async (type) => {
  const { app } = await startTestApp();
  const { id } = (await post(app, "/clans", { name: "Night Owls", join_mode: "request" })).body;
  const clan = `/clans/${id}`;
  await post(app, `${clan}/join-requests`, { user_id: "ana" });
  const headers = { "content-type": type, "content-length": "0" };
  for (const [method, url, expected] of [
    ["POST", `${clan}/join-requests/ana/accept`, 200],
    ["PUT", `${clan}/members/ana`, 200],
    ["DELETE", `${clan}/members/ana`, 204],
    ["DELETE", "/users/ana/activity", 204],
    ["DELETE", "/users/ana", 204],
    ["DELETE", clan, 204],
    ["POST", "/clans", 415],
    ["PATCH", clan, 415],
  ] as const) {
    const { statusCode } = await app.inject({ method, url, headers });
    expect([method, url, statusCode]).toEqual([method, url, expected]);
    const { statusCode: without } = await app.inject({ method, url, headers: { "content-type": type } });
    expect([method, url, without === 415]).toEqual([method, url, expected === 415]);
  }
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const sent = await app.inject({ method: "PUT", url: `${clan}/members/ana`, headers: form, payload: "a=1" });
  expect(sent.statusCode).toBe(415);
});

describe("a field named as what objects have anyway", () => {
  const names = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "__defineGetter__"];
  const nested = '{"isAdmin":true,"prototype":{"isAdmin":true}}';

  it.each(names)("%s is an unknown field, and pollutes nothing", async (name) => {
    const { app } = await startTestApp();
    const bodies = [
      ["/clans", `{"${name}":${nested},"name":"Owls"}`, "body"],
      ["/clans", `{"name":"Owls","${name.replace("o", "\\u006f")}":1}`, "body"],
      ["/user-activity", `{"rows":[${row("user_id", '"a"')}],"${name}":${nested}}`, "body"],
      ["/user-activity", `{"rows":[${row("user_id", '"a"').replace("{", `{"${name}":${nested},`)}]}`, "rows"],
    ] as const;
    for (const [url, body, field] of bodies) {
      const { status, body: problem } = await post(app, url, body);
      expect([url, status, problem.reason]).toEqual([url, 400, "VALIDATION_FAILED"]);
      expect(problem.errors).toMatchObject([{ field, message: `has unknown fields: ${name}` }]);
    }
    const line = row("user_id", '"a"').replace("{", `{"${name}":${nested},`);
    const { body: report } = await post(app, "/user-activity/import", line, ndjson);
    expect(report).toMatchObject({ inserted: 1, ignored_columns: [name] });
    const query = await get(app, `/clans?${name}=1`);
    expect([query.status, query.body.reason]).toEqual([400, "VALIDATION_FAILED"]);
    expect(query.body.detail).toContain(name);
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
  });

  it.each(names)("%s does not stand in for a field that is missing", async (name) => {
    const { app } = await startTestApp();
    const { status, body } = await post(app, "/clans", `{"${name}":{"name":"Owls"}}`);
    expect([status, body.errors.map(({ field }: { field: string }) => field).sort()]).toEqual([
      400,
      ["body", "name"],
    ]);
  });
});
