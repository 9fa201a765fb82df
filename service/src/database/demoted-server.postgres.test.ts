import { get, post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { connect } from "@clan-platform/scripts/testkit/database.ts";
import type { InjectOptions } from "fastify";
import { expect, it } from "vitest";

const writes: [what: string, write: (clan: string, n: number) => InjectOptions][] = [
  ["a transaction", (clan, n) => ({ method: "PUT", url: `/clans/${clan}/members/player-${n}` })],
  ["a statement", (_, n) => ({ method: "POST", url: "/clans", payload: { name: `Bears ${n}` } })],
];

it.each(writes)("finds the new primary after %s that the old one has refused", async (_, write) => {
  const { app, database } = await startTestApp();
  const admin = await connect(database.adminUrl);
  const { id } = (await post(app, "/clans", { name: "Night Owls" })).body;
  const name = new URL(database.adminUrl).pathname.slice(1);
  // These sessions are as on a server that was demoted, and later ones as on one that was not.
  await admin.query(`alter database ${name} set default_transaction_read_only = on`);
  await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'clan-service'",
  );
  await Promise.all(Array.from({ length: 12 }, () => get(app, `/clans/${id}`)));
  await admin.query(`alter database ${name} reset default_transaction_read_only`);

  const refused = await app.inject(write(id, 0));
  expect([refused.statusCode, refused.json().reason]).toEqual([503, "DATABASE_UNAVAILABLE"]);
  const next = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => app.inject(write(id, n))));
  for (const { statusCode } of next) expect(statusCode).toBe(201);
});
