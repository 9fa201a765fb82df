import { post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { expect, it } from "vitest";
import { insertClans } from "../clans/seeding/insert-clans.ts";
import { migrate } from "./migrations.ts";

it.each(['"$user"', "''"])(
  "a database whose search path is %s is migrated, seeded and served",
  async (path) => {
    const database = await createTestDatabase({ template: "template0" });
    const { adminUrl, serviceUrl } = database;
    const admin = await connect(adminUrl);
    await admin.query(`alter database ${new URL(adminUrl).pathname.slice(1)} set search_path = ${path}`);
    for (const applied of [expect.arrayContaining(["clans"]), []])
      expect(await migrate(adminUrl, { appLogins: ["clan_service"] })).toMatchObject({ applied });
    const clans = [{ line: 2, name: "Bears", region: null, createdAt: null }];
    const file = { clans, rejected: [], warnings: [], placeholders: 0 };
    expect(await insertClans({ DATABASE_URL: serviceUrl }, file)).toMatchObject({
      inserted: 1,
    });
    const { app } = await startTestApp({}, { database });
    const { status, body } = await post(app, "/clans", { name: "Night Owls", leader_user_id: "ana" });
    expect(status).toBe(201);
    // Its trigger finds its tables by the path as well.
    expect((await app.inject({ method: "DELETE", url: `/clans/${body.id}` })).statusCode).toBe(204);
  },
);
