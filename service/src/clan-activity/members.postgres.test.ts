import { createHash } from "node:crypto";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import { startTokenIssuer } from "@clan-platform/scripts/testkit/token-issuer.ts";
import { expect, it } from "vitest";
import { dayAfter, today } from "./days.ts";

const backendKey = "s3cret";
const keys = { API_KEYS: `backend:${createHash("sha256").update(backendKey).digest("hex")}:*` };
const yesterday = dayAfter(today(), -1);

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** Lea leads a clan with mia, and otto another one; mia played yesterday and today. */
async function startClans() {
  const issuer = await startTokenIssuer();
  const { app, database } = await startTestApp({ ...keys, PLAYER_TOKENS: JSON.stringify(issuer.settings) });
  const as = async (who: string, request: string, payload?: object) => {
    const [method, url] = request.split(" ") as [Method, string];
    const bearer = who === "backend" ? backendKey : await issuer.token(who);
    const headers = { authorization: `Bearer ${bearer}` };
    const response = await app.inject({ method, url, headers, ...(payload && { payload }) });
    return { status: response.statusCode, body: response.body === "" ? undefined : response.json() };
  };
  const create = async (leader: string, name: string) =>
    (await as(leader, "POST /clans", { name })).body.id as string;
  const clan = `/clans/${await create("lea", "Night Owls")}`;
  await create("otto", "Bears");
  expect((await as("mia", `PUT ${clan}/members/mia`)).status).toBe(201);
  const admin = await connect(database.adminUrl);
  await admin.query("update clan_membership_periods set joined_at = joined_at - interval '3 days'");
  const rows = [yesterday, today()].map((event_date) =>
    activity({ user_id: "mia", event_date, match_end_count: 4, victory_count: 1, defeat_count: 3 }),
  );
  expect((await as("backend", "POST /user-activity", { rows })).status).toBe(200);
  const days = async () =>
    (await as("backend", `GET ${clan}/activity`)).body.days.map(
      ({ event_date }: { event_date: string }) => event_date,
    );
  return { as, clan, days };
}

it("players read the activity of their own clan, and of no other", async () => {
  const { as, clan } = await startClans();
  for (const who of ["lea", "mia", "backend"])
    expect([who, (await as(who, `GET ${clan}/activity`)).body.days.length]).toEqual([who, 2]);
  for (const who of ["otto", "nobody"]) {
    const { status, body } = await as(who, `GET ${clan}/activity`);
    expect([who, status, body.reason]).toEqual([who, 403, "CLAN_ROLE_REQUIRED"]);
  }
});

it("a member who was kicked counts up to the day before, and may no longer read", async () => {
  const { as, clan, days } = await startClans();
  expect(await days()).toEqual([yesterday, today()]);
  expect((await as("lea", `DELETE ${clan}/members/mia`)).status).toBe(204);
  expect(await days()).toEqual([yesterday]);
  expect((await as("mia", `GET ${clan}/activity`)).status).toBe(403);
});

it("who left and came back on the same day counts once", async () => {
  const { as, clan, days } = await startClans();
  expect((await as("mia", `DELETE ${clan}/members/mia`)).status).toBe(204);
  expect((await as("mia", `PUT ${clan}/members/mia`)).status).toBe(201);
  expect(await days()).toEqual([yesterday, today()]);
  const { members } = (await as("lea", `GET ${clan}/activity`)).body;
  expect(members).toMatchObject([{ user_id: "mia", active_days: 2, matches_ended: 8, victories: 2 }]);
});

it("nobody reads the activity of a deleted clan, whose history stays", async () => {
  const { as, clan } = await startClans();
  expect((await as("backend", `DELETE ${clan}`)).status).toBe(204);
  const { status, body } = await as("backend", `GET ${clan}/activity`);
  expect([status, body.reason]).toEqual([404, "CLAN_NOT_FOUND"]);
});
