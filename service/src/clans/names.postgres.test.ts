import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";

const family = "👨\u200d👩\u200d👧\u200d👦";
const find = (app: Parameters<typeof get>[0], name: string) =>
  get(app, `/clans?name=${encodeURIComponent(name)}`);

it.each([
  ["a homoglyph", "Nіght Owls", /one script, .* it mixes Latin \(N\) and Cyrillic \(і\)$/],
  ["an invisible character", "Night\u200bOwls", /must not contain invisible characters: U\+200B$/],
  ["a change of direction", "Night \u202eslwO", /direction of text: U\+202E$/],
  ["no visible character", "\u2800", /must have a visible character$/],
  ["a private character", "\ue000", /unassigned or private characters: U\+E000$/],
  ["more than 512 bytes", family.repeat(21), /must have at most 512 bytes in UTF-8$/],
])("refuses a new clan whose name has %s, and says why", async (_, name, message) => {
  const { app } = await startTestApp();
  const { status, body } = await post(app, "/clans", { name });
  expect([status, body.reason, body.errors[0].field]).toEqual([400, "VALIDATION_FAILED", "name"]);
  expect(body.errors[0].message).toMatch(message);
  expect((await get(app, "/clans")).body.clans).toEqual([]);
});

it.each([
  ["64 flags, which are 128 code points and 512 bytes", "🇹🇷".repeat(64)],
  ["20 families, which are 140 code points", family.repeat(20)],
  ["letters whose folding is three times as long", "ΐ".repeat(64)],
  ["words that need joiners", "می\u200cخواهم"],
  ["64 letters with 3 marks each", "q\u0308\u0323\u0331".normalize("NFC").repeat(64)],
])("stores, finds and deletes %s", async (_, name) => {
  const { app } = await startTestApp();
  const { status, body: clan } = await post(app, "/clans", { name });
  expect([status, clan.name]).toEqual([201, name]);
  expect((await find(app, name)).body.clans).toEqual([clan]);
  const part = [...name].slice(0, 10).join("");
  const found = await get(app, `/clans/search?name=${encodeURIComponent(part)}`);
  expect(found.body.clans).toEqual([clan]);
  expect((await post(app, "/clans", { name })).body.reason).toBe("CLAN_NAME_TAKEN");
  const { statusCode } = await app.inject({ method: "DELETE", url: `/clans/${clan.id}` });
  expect(statusCode).toBe(204);
});

it("leaves clans that have such a name already as they are", async () => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  const names = [
    "Nіght Owls",
    "Night\u200bOwls",
    "\u202eslwO",
    "\u2800\u2800\u2800",
    "Owls\ue000",
    "a\u0301\u0301\u0301b",
  ];
  for (const name of names)
    await admin.query("insert into clans (name) values ($1)", [name.normalize("NFC")]);
  const listed = (await get(app, "/clans")).body.clans.map(({ name }: { name: string }) => name);
  expect(listed.toReversed()).toEqual(names.map((name) => name.normalize("NFC")));
  for (const name of names) {
    const [clan] = (await find(app, name)).body.clans;
    expect(clan.name).toBe(name.normalize("NFC"));
    const search = await get(app, `/clans/search?name=${encodeURIComponent(name.normalize("NFC"))}`);
    expect(search.body.clans).toEqual([clan]);
    expect((await get(app, `/clans/${clan.id}`)).body).toEqual(clan);
    const { statusCode } = await app.inject({ method: "DELETE", url: `/clans/${clan.id}` });
    expect(statusCode).toBe(204);
  }
});

it("the database refuses a name that is longer than any that the service takes, and an empty one", async () => {
  const { database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  for (const name of ["", "🇹🇷".repeat(65)]) {
    const inserting = admin.query("insert into clans (name) values ($1)", [name]);
    await expect(inserting).rejects.toThrow(/clans_name_length/);
  }
});
