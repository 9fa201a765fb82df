import { get, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it } from "vitest";
import { reasons } from "./reasons.ts";

it("declares every answer of every route with its schema", async () => {
  const { app } = await startTestApp();
  const { body } = await get(app, "/openapi.json");
  const answers = Object.fromEntries(
    Object.entries<Record<string, { responses: object }>>(body.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { responses }]) => [
        `${method.toUpperCase()} ${path}`,
        Object.keys(responses).join(" "),
      ]),
    ),
  );
  const anywhere = / 417| 431| 501/g;
  for (const [call, statuses] of Object.entries(answers)) {
    expect([call, statuses.match(anywhere)]).toEqual([call, [" 417", " 431", " 501"]]);
    answers[call] = statuses.replace(anywhere, "");
  }
  expect(answers).toEqual({
    "POST /clans": "201 400 401 403 408 409 413 415 422 429 500 503",
    "GET /clans": "200 304 400 429 500 503",
    "GET /clans/search": "200 304 400 429 500 503",
    "GET /clans/leaderboard": "200 304 400 429 500 503",
    "GET /clans/{id}/activity": "200 304 400 401 403 404 429 500 503",
    "GET /clans/{id}": "200 304 400 404 429 500 503",
    "PATCH /clans/{id}": "200 400 401 403 404 408 409 412 413 415 429 500 503",
    "DELETE /clans/{id}": "204 400 401 403 404 408 412 413 415 429 500 503",
    "GET /clans/{id}/members": "200 304 400 401 403 404 429 500 503",
    "PUT /clans/{id}/members/{user_id}": "200 201 400 401 403 404 408 409 413 415 429 500 503",
    "PATCH /clans/{id}/members/{user_id}": "200 400 401 403 404 408 409 413 415 429 500 503",
    "DELETE /clans/{id}/members/{user_id}": "204 400 401 403 404 408 413 415 429 500 503",
    "GET /users/{user_id}/invitations": "200 304 400 401 403 429 500 503",
    "GET /users/{user_id}/join-requests": "200 304 400 401 403 429 500 503",
    "GET /users/{user_id}/clan": "200 304 400 401 403 404 429 500 503",
    "POST /clans/{id}/join-requests": "200 201 400 401 403 404 408 409 413 415 422 429 500 503",
    "GET /clans/{id}/join-requests": "200 304 400 401 403 404 429 500 503",
    "POST /clans/{id}/join-requests/{user_id}/accept": "200 400 401 403 404 408 409 413 415 422 429 500 503",
    "DELETE /clans/{id}/join-requests/{user_id}": "204 400 401 403 404 408 413 415 429 500 503",
    "POST /clans/{id}/invitations": "200 201 400 401 403 404 408 409 413 415 422 429 500 503",
    "GET /clans/{id}/invitations": "200 304 400 401 403 404 429 500 503",
    "POST /clans/{id}/invitations/{user_id}/accept": "200 400 401 403 404 408 409 413 415 422 429 500 503",
    "DELETE /clans/{id}/invitations/{user_id}": "204 400 401 403 404 408 413 415 429 500 503",
    "GET /users/{user_id}/export": "200 400 401 403 429 500 503",
    "DELETE /users/{user_id}": "204 400 401 403 408 413 415 429 500 503",
    "POST /user-activity": "200 400 401 403 408 409 413 415 422 429 500 503",
    "POST /user-activity/import": "200 400 401 403 408 409 413 415 422 429 500 503",
    "GET /user-activity": "200 304 400 401 403 429 500 503",
    "DELETE /users/{user_id}/activity": "204 400 401 403 408 413 415 429 500 503",
    "GET /health": "200 400 500 503",
    "GET /health/ready": "200 400 500 503",
    "GET /health/live": "200 400 500",
  });
  const { post } = body.paths["/clans"];
  expect(post.responses["409"].content["application/problem+json"].schema).toEqual({
    $ref: "#/components/schemas/Problem",
  });
  expect(post.responses["201"].content["application/json"].schema).toEqual({
    $ref: "#/components/schemas/Clan",
  });
  expect(post.security).toEqual([{ apiKey: ["clans:write"] }, { playerToken: [] }]);
  const { platform, country } = body.components.schemas.ActivityRow.properties;
  for (const name of ["ANDROID", "ios"]) expect(name).toMatch(new RegExp(platform.pattern));
  expect(country.description).toContain("alpha-3 codes and English names are accepted");
  expect(post.requestBody.content["application/json"].schema).toEqual({
    $ref: "#/components/schemas/CreateClanRequest",
  });
  const { name } = body.components.schemas.CreateClanRequest.properties;
  // JSON Schema counts code points, of which the 64 characters may have several each.
  expect(name).toMatchObject({ minLength: 1, maxLength: 512 });
  expect(name.description).toContain("1 to 64 characters as people count them");
  expect("Night Owls").toMatch(new RegExp(name.pattern, "u"));
  for (const refused of [" ", "a\tb", "a\0"]) expect(refused).not.toMatch(new RegExp(name.pattern, "u"));
  const { content } = body.paths["/user-activity/import"].post.requestBody;
  expect(Object.keys(content)).toEqual(["application/x-ndjson", "text/csv"]);
});

it("is a document that code generators understand", async () => {
  const { app } = await startTestApp();
  const { body } = await get(app, "/openapi.json");
  const { paths, components } = body;
  const operations = Object.values<object>(paths).flatMap((methods) =>
    Object.values<{ operationId: string }>(methods as Record<string, { operationId: string }>),
  );
  expect(operations.map(({ operationId }) => operationId).toSorted()).toEqual([
    "acceptInvitation",
    "acceptJoinRequest",
    "changeClan",
    "changeMember",
    "createClan",
    "createInvitation",
    "createJoinRequest",
    "deleteClan",
    "deleteInvitation",
    "deleteJoinRequest",
    "eraseActivity",
    "eraseUser",
    "exportUser",
    "getClan",
    "getClanActivity",
    "getHealth",
    "getLeaderboard",
    "getLiveness",
    "getOwnClan",
    "getReadiness",
    "importActivity",
    "joinClan",
    "leaveClan",
    "listActivity",
    "listClans",
    "listInvitations",
    "listJoinRequests",
    "listMembers",
    "listOwnInvitations",
    "listOwnJoinRequests",
    "searchClans",
    "storeActivity",
  ]);
  expect(JSON.stringify(body)).not.toMatch(/"anyOf"|"type":\["number","string"\]|Input"|9007199254740991/);
  const { CreateClanRequest, ActivityRow, Clan, Problem } = components.schemas;
  expect(CreateClanRequest.properties.region.type).toEqual(["string", "null"]);
  expect(ActivityRow.properties.country.type).toEqual(["string", "null"]);
  expect(ActivityRow.properties.ad_revenue).toMatchObject({ type: "number", format: "double", minimum: 0 });
  expect(ActivityRow.properties.victory_count).toMatchObject({ type: "integer", format: "int32" });
  expect([ActivityRow.additionalProperties, Clan.additionalProperties]).toEqual([false, undefined]);
  expect(Problem.properties.reason.enum).toEqual(Object.keys(reasons));
  const pageSize = paths["/clans"].get.parameters.find(({ name }: { name: string }) => name === "page_size");
  expect(pageSize.schema).toEqual({ type: "integer", minimum: 1, maximum: 1_000, default: 50 });
});

it("describes the headers of answers", async () => {
  const { app } = await startTestApp();
  const { paths } = (await get(app, "/openapi.json")).body;
  const headersOf = (method: string, path: string, status: number) =>
    Object.keys(paths[path][method].responses[status].headers).join(" ");
  const always = "X-Request-Id RateLimit RateLimit-Policy";
  expect(headersOf("post", "/clans", 201)).toBe(`${always} Location Cache-Control Idempotency-Replayed`);
  expect(headersOf("get", "/clans", 503)).toBe(`${always} Retry-After Cache-Control`);
  expect(headersOf("delete", "/clans/{id}", 401)).toBe(`${always} Cache-Control WWW-Authenticate`);
  expect(headersOf("get", "/health", 200)).toBe("X-Request-Id Cache-Control");
  for (const status of [200, 304])
    expect(headersOf("get", "/clans/{id}", status)).toBe(`${always} ETag Cache-Control`);
});

it("has a docs page over the same document", async () => {
  const { app } = await startTestApp();
  const page = await app.inject({ method: "GET", url: "/docs" });
  expect(page.statusCode).toBe(200);
  expect(page.headers["content-type"]).toMatch(/^text\/html/);
  expect(page.headers["content-security-policy"]).toMatch(/default-src 'self'/);
  expect((await app.inject({ method: "GET", url: "/docs/" })).statusCode).toBe(200);
  expect((await app.inject({ method: "GET", url: "/docs/static/swagger-ui-bundle.js" })).statusCode).toBe(
    200,
  );
  const missing = await app.inject({ method: "GET", url: "/docs/nope" });
  expect([missing.statusCode, missing.json().reason]).toEqual([404, "NOT_FOUND"]);
  const document = await app.inject({ method: "GET", url: "/docs/json" });
  expect(document.json()).toEqual((await get(app, "/openapi.json")).body);
});
