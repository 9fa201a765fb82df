import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { isGone } from "./gone.ts";
import type { Problem } from "./index.ts";

const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/openapi/v1.json"), "utf8"));
const reasons: Problem["reason"][] = [
  "CLAN_NOT_FOUND",
  "MEMBER_NOT_FOUND",
  "JOIN_REQUEST_NOT_FOUND",
  "INVITATION_NOT_FOUND",
  "NOT_FOUND",
];

/** The reasons with which a request finds what it was to delete gone. */
const goneBy = (method: string, path: string) =>
  reasons.filter((reason) =>
    isGone(new Request(`https://example.com/game/clans${path}`, { method }), { reason } as Problem),
  );

it("takes a deletion for done when what it names is gone, and each that can be refused with 404", () => {
  const deletions = Object.entries<{ delete?: { responses: object } }>(document.paths)
    .filter(([, { delete: deletion }]) => deletion && "404" in deletion.responses)
    .map(([path]) => [path, goneBy("DELETE", path.replaceAll(/\{\w+\}/g, "a%2Fb"))]);
  expect(Object.fromEntries(deletions)).toEqual({
    "/clans/{id}": ["CLAN_NOT_FOUND"],
    "/clans/{id}/members/{user_id}": ["MEMBER_NOT_FOUND"],
    "/clans/{id}/join-requests/{user_id}": ["JOIN_REQUEST_NOT_FOUND"],
    "/clans/{id}/invitations/{user_id}": ["INVITATION_NOT_FOUND"],
  });
});

it("takes nothing else for done", () => {
  expect(goneBy("PATCH", "/clans/1")).toEqual([]);
  expect(goneBy("DELETE", "/users/clans")).toEqual([]);
});
