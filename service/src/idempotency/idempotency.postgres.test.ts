import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, waitingForLock } from "@clan-platform/scripts/testkit/database.ts";
import { describe, expect, it } from "vitest";

const key = { "idempotency-key": "order-66" };

describe("the same key", () => {
  it("with the same body replays the first answer, to the byte", async () => {
    const { app } = await startTestApp();
    const first = await post(app, "/clans", { name: "Night Owls", region: "EU" }, key);
    const again = await post(app, "/clans", { region: "EU", name: " Night Owls" }, key);
    expect(again.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(again.headers.location).toBe(first.headers.location);
    expect(again.headers["idempotency-replayed"]).toBe("true");
    expect(first.headers["idempotency-replayed"]).toBeUndefined();
    expect((await get(app, "/clans")).body.clans).toHaveLength(1);
  });

  it("replays after the clan was deleted: the answer is the first one, not a new one", async () => {
    const { app } = await startTestApp();
    const first = await post(app, "/clans", { name: "Night Owls" }, key);
    await app.inject({ method: "DELETE", url: `/clans/${first.body.id}` });
    expect((await post(app, "/clans", { name: "Night Owls" }, key)).text).toBe(first.text);
    expect((await get(app, "/clans")).body.clans).toEqual([]);
  });

  it("replays a 409 too", async () => {
    const { app } = await startTestApp();
    const { body: clan } = await post(app, "/clans", { name: "Night Owls" });
    const first = await post(app, "/clans", { name: "night owls" }, key);
    const again = await post(app, "/clans", { name: "night owls" }, key);
    expect([first.status, first.body.clan_id]).toEqual([409, clan.id]);
    expect([again.status, again.text, again.headers["content-type"]]).toEqual([
      409,
      first.text,
      first.headers["content-type"],
    ]);
    expect(again.headers["content-type"]).toMatch(/^application\/problem\+json/);
    expect(again.headers["idempotency-replayed"]).toBe("true");
  });

  it("with another body is refused with 422", async () => {
    const { app } = await startTestApp();
    await post(app, "/clans", { name: "Night Owls" }, key);
    for (const body of [{ name: "Day Owls" }, { name: "Night Owls", region: "EU" }]) {
      const answer = await post(app, "/clans", body, key);
      expect([answer.status, answer.body.reason]).toEqual([422, "IDEMPOTENCY_KEY_REUSED"]);
    }
  });

  it("while the first request is in flight is refused with 409", async () => {
    const { app, database } = await startTestApp();
    const admin = await connect(database.adminUrl);
    await admin.query("begin; lock table clans in access exclusive mode");
    const first = post(app, "/clans", { name: "Night Owls" }, key);
    await expect.poll(() => waitingForLock(admin)).toHaveLength(1);
    const second = await post(app, "/clans", { name: "Night Owls" }, key);
    expect([second.status, second.body.reason]).toEqual([409, "IDEMPOTENCY_KEY_IN_USE"]);
    await admin.query("rollback");
    expect((await first).status).toBe(201);
  });

  it("sent 100 times at once makes one clan", async () => {
    const { app } = await startTestApp();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => post(app, "/clans", { name: "Night Owls" }, key)),
    );
    const made = answers.filter(({ status }) => status === 201);
    const rest = answers.filter(({ body }) => body.reason === "IDEMPOTENCY_KEY_IN_USE");
    expect(made.filter(({ headers }) => headers["idempotency-replayed"] === undefined)).toHaveLength(1);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(made.length + rest.length).toBe(100);
    expect((await get(app, "/clans")).body.clans).toHaveLength(1);
  });

  it("is free again after 24 hours, and expired keys are swept out", async () => {
    const { app, database } = await startTestApp();
    await post(app, "/clans", { name: "Night Owls" }, key);
    await post(app, "/clans", { name: "Day Owls" }, { "idempotency-key": "older" });
    const admin = await connect(database.adminUrl);
    await admin.query("update idempotency_keys set created_at = created_at - interval '24 hours 1 second'");
    const { status, headers } = await post(app, "/clans", { name: "New Owls" }, key);
    expect([status, headers["idempotency-replayed"]]).toEqual([201, undefined]);
    const { rows } = await admin.query("select key from idempotency_keys");
    expect(rows).toEqual([{ key: "- POST /clans order-66" }]);
  });
});

it("stores nothing of a request that failed validation", async () => {
  const { app } = await startTestApp();
  expect((await post(app, "/clans", { name: "" }, key)).status).toBe(400);
  expect((await post(app, "/clans", { name: "Night Owls" }, key)).status).toBe(201);
});

it("stores effect and answer together: when storing the answer fails, there is no clan", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  await admin.query("revoke insert on idempotency_keys from clan_app");
  expect((await post(app, "/clans", { name: "Night Owls" }, key)).status).toBe(500);
  expect((await get(app, "/clans")).body.clans).toEqual([]);
});

it.each(["", "a b", "ä", "x".repeat(256)])("refuses the key %j with 400", async (value) => {
  const { app } = await startTestApp();
  const { status, body } = await post(app, "/clans", { name: "Night Owls" }, { "idempotency-key": value });
  expect([status, body.errors?.[0].field]).toEqual([400, "header.idempotency-key"]);
});
