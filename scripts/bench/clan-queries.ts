import { randomUUID } from "node:crypto";
import * as repository from "@clan-platform/service/clans/repository.ts";
import type { Queryable, Writable } from "@clan-platform/service/database/database.ts";
import type { HttpRequest } from "./http-load.ts";

export const manyClans = 1_000_000;

/** The id of the nth of `manyClans`, known without a query. */
export const clanId = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

const syllables = [..."bcdfghjklmnprstvwxyz"].flatMap((consonant) =>
  [..."aeiou"].map((vowel) => consonant + vowel),
);

/** SQL for the name of the nth of `manyClans`: two made-up words such as "Dakilone bugami", and n. */
export const clanNameSql = `(
  select initcap(string_agg((array['${syllables.join("','")}'])[1 + (hashint8(n * 8 + i) & 2147483647) % ${syllables.length}]
    || case when i = 4 then ' ' else '' end, '' order by i))
  from generate_series(1, 7) i) || ' ' || n`;

/** Three syllables in a row, as a player types a half-remembered name: a few clans match. */
export const rareName = () =>
  Array.from({ length: 3 }, () => syllables[Math.floor(Math.random() * syllables.length)]).join("");

const someClan = () => clanId(Math.floor(Math.random() * manyClans));
// Clans are deleted in order, so that each exists; every process has its own range.
let nextToDelete = Number(process.env.DELETE_FROM ?? 0);

/** One request of each kind: as the SQL that the route sends, and as HTTP. */
export const queries = {
  create: (database: Writable) => repository.insertClan(database, { name: randomUUID(), region: "EU" }),
  list: (database: Queryable) => repository.listClans(database, { region: null, after: null, limit: 51 }),
  search: (database: Queryable) =>
    repository.searchClans(database, { name: rareName(), after: null, limit: 51 }),
  get: (database: Queryable) => repository.findClan(database, someClan()),
  delete: (database: Writable) => repository.deleteClan(database, clanId(nextToDelete++)),
};

export type Operation = keyof typeof queries;

export const requests: Record<Operation, () => HttpRequest> = {
  create: () => ({
    method: "POST",
    path: "/clans",
    body: JSON.stringify({ name: randomUUID(), region: "EU" }),
  }),
  list: () => ({ method: "GET", path: "/clans" }),
  search: () => ({ method: "GET", path: `/clans/search?name=${encodeURIComponent(rareName())}` }),
  get: () => ({ method: "GET", path: `/clans/${someClan()}` }),
  delete: () => ({ method: "DELETE", path: `/clans/${clanId(nextToDelete++)}` }),
};
