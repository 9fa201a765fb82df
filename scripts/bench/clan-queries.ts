import { randomUUID } from "node:crypto";
import * as repository from "@clan-platform/service/clans/repository.ts";
import type { Database } from "@clan-platform/service/database/pool.ts";

export const manyClans = 1_000_000;

/** The id of the nth of `manyClans`: known without asking. */
export const clanId = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, "0")}`;

/** A part of a name that a handful of `manyClans` have. */
export const rareName = () => `w ${Math.floor(Math.random() * 9_000 + 1_000)}`;

const someClan = () => clanId(Math.floor(Math.random() * manyClans));
// Deletion goes through the clans in order, so that each is there; every process takes a range of its own.
let nextToDelete = (process.pid % 90) * 10_000;

/** One request of each kind: as the SQL that the route sends, and as HTTP. */
export const queries = {
  create: (database: Database) => repository.insertClan(database, { name: randomUUID(), region: "EU" }),
  list: (database: Database) => repository.listClans(database, { region: null, after: null, limit: 51 }),
  search: (database: Database) =>
    repository.searchClans(database, { name: rareName(), after: null, limit: 51 }),
  get: (database: Database) => repository.findClan(database, someClan()),
  delete: (database: Database) => repository.deleteClan(database, clanId(nextToDelete++)),
};

export type Operation = keyof typeof queries;

export const requests: Record<
  Operation,
  () => { method: "GET" | "POST" | "DELETE"; path: string; body?: string }
> = {
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
