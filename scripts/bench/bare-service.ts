import * as repository from "@clan-platform/service/clans/repository.ts";
import type { NewClan } from "@clan-platform/service/clans/schemas.ts";
import { createSearch } from "@clan-platform/service/clans/search.ts";
import { parseConfig } from "@clan-platform/service/config.ts";
import type { Queryable, Writable } from "@clan-platform/service/database/database.ts";
import { createPool } from "@clan-platform/service/database/pool.ts";
import { fastify } from "fastify";
import type { z } from "zod";

// The baseline of the service's CPU time: bare Fastify and `pg` with the same SQL and the same answers, and no checks,
// limits, logs, or headers.
const pool = createPool(parseConfig(process.env), () => {});
const database: Queryable & Writable = {
  query: (statement, values) => pool.query(statement as string, values),
  write: (statement) => pool.query(statement),
};
const search = createSearch(database);
const firstPage = { after: null, limit: 51 };
const page = (rows: repository.ClanRow[]) => ({
  clans: rows.slice(0, 50),
  next_page_token: rows.length > 50 ? "x".repeat(120) : null,
});

const app = fastify();
app.post<{ Body: z.infer<typeof NewClan> }>("/clans", async ({ body }, reply) => {
  const clan = await repository.insertClan(database, { name: body.name, region: body.region ?? null });
  return reply.code(201).header("location", `/clans/${clan?.id}`).send(clan);
});
app.get("/clans", async () => page(await repository.listClans(database, { region: null, ...firstPage })));
app.get<{ Querystring: { name: string } }>("/clans/search", async ({ query }) =>
  page((await search({ name: query.name, ...firstPage })).rows),
);
app.get<{ Params: { id: string } }>("/clans/:id", ({ params }) => repository.findClan(database, params.id));
app.get("/health/live", async () => ({ status: "ok" }));
app.get("/health/ready", async () => {
  await database.query("select 1");
  return { status: "ok" };
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
process.once("SIGTERM", () => process.exit());
