import { randomUUID } from "node:crypto";
import { deleteClan } from "@clan-platform/service/clans/delete-clan.ts";
import * as repository from "@clan-platform/service/clans/repository.ts";
import { createSearch } from "@clan-platform/service/clans/search.ts";
import type { Database, Queryable, Writable } from "@clan-platform/service/database/database.ts";
import { clanId, rareName } from "../testkit/fill-clans.ts";
import type { HttpRequest } from "./http-message.ts";

export const manyClans = 3_000_000;

// Clans are deleted in order, so that each exists; every process has its own range, all of them in the first two thirds.
const firstKept = Math.floor((manyClans * 2) / 3);
const someClan = () => clanId(firstKept + Math.floor(Math.random() * (manyClans - firstKept)));
let nextToDelete = Number(process.env.DELETE_FROM ?? 0);

// It keeps statistics of its database, like the service.
const searches = new WeakMap<Queryable, ReturnType<typeof createSearch>>();
function searchOf(database: Queryable) {
  const search = searches.get(database) ?? createSearch(database);
  searches.set(database, search);
  return search;
}

/** One request of each kind: as the SQL that the route sends, and as HTTP. */
export const queries = {
  create: (database: Writable) => repository.insertClan(database, { name: randomUUID(), region: "EU" }),
  list: (database: Queryable) => repository.listClans(database, { region: null, after: null, limit: 51 }),
  search: (database: Queryable) => searchOf(database)({ name: rareName(), after: null, limit: 51 }),
  get: (database: Queryable) => repository.findClan(database, someClan()),
  delete: (database: Pick<Database, "transaction">) =>
    database.transaction((tx) => deleteClan(tx, clanId(nextToDelete++))),
};

export type Operation = keyof typeof queries;

export const searchRequest = (name: string): HttpRequest => ({
  method: "GET",
  path: `/clans/search?name=${encodeURIComponent(name)}`,
});

export const requests: Record<Operation, () => HttpRequest> = {
  create: () => ({
    method: "POST",
    path: "/clans",
    body: JSON.stringify({ name: randomUUID(), region: "EU" }),
  }),
  list: () => ({ method: "GET", path: "/clans" }),
  search: () => searchRequest(rareName()),
  get: () => ({ method: "GET", path: `/clans/${someClan()}` }),
  delete: () => ({ method: "DELETE", path: `/clans/${clanId(nextToDelete++)}` }),
};
