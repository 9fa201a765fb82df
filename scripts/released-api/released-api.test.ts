import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import type { ApiDocument } from "./api-document.ts";
import { breakingChanges } from "./breaking-changes.ts";
import { clientTypes } from "./client-types.ts";
import { currentDocument } from "./current-document.ts";
import { clientTypesFile, newestRecorded } from "./files.ts";
import { isNewVersion } from "./record.ts";

const current = await currentDocument();

it("breaks no client of the newest recorded version", () => {
  expect(breakingChanges(newestRecorded() as ApiDocument, current)).toEqual([]);
});

it("is recorded in docs/openapi; otherwise, run npm run record-api", () => {
  expect(current).toEqual(newestRecorded());
});

it("has its types in the TypeScript client; otherwise, run npm run record-api", async () => {
  expect(readFileSync(clientTypesFile, "utf8")).toBe(await clientTypes(current));
});

/** A document that can be changed in every way. */
type Draft = ReturnType<typeof JSON.parse>;
type Change = (document: Draft) => unknown;
const create = (document: Draft) => document.paths["/clans"].post;
const list = (document: Draft) => document.paths["/clans"].get;
const schemas = (document: Draft) => document.components.schemas;

const breaking: [why: string, change: Change][] = [
  ["DELETE /clans/{id} is removed", (api) => delete api.paths["/clans/{id}"].delete],
  [
    "POST /clans: operationId is no longer createClan",
    (api) => Object.assign(create(api), { operationId: "x" }),
  ],
  ["GET /clans: needs an API key", (api) => Object.assign(list(api), { security: [{ apiKey: [] }] })],
  [
    "POST /clans: needs another scope",
    (api) => Object.assign(create(api), { security: [{ apiKey: ["members:write"] }] }),
  ],
  ["POST /clans: needs another scope", (api) => create(api).security[0].apiKey.push("members:write")],
  [
    "DELETE /clans/{id}: needs a body",
    (api) => Object.assign(api.paths["/clans/{id}"].delete, { requestBody: { required: true, content: {} } }),
  ],
  ["GET /clans: query parameter region is removed", (api) => list(api).parameters.shift()],
  [
    "GET /clans: query parameter region is required",
    (api) => Object.assign(list(api).parameters[0], { required: true }),
  ],
  [
    "GET /clans: query parameter x is new and required",
    (api) => list(api).parameters.push({ name: "x", in: "query", required: true, schema: {} }),
  ],
  [
    "GET /clans: query parameter page_size has a lower maximum",
    (api) => Object.assign(list(api).parameters.at(-2).schema, { maximum: 100 }),
  ],
  [
    "POST /clans: body has a new required property region",
    (api) => schemas(api).CreateClanRequest.required.push("region"),
  ],
  [
    "POST /clans: body lacks the property region",
    (api) => delete schemas(api).CreateClanRequest.properties.region,
  ],
  [
    "POST /clans: body.region no longer takes a type",
    (api) => Object.assign(schemas(api).CreateClanRequest.properties.region, { type: "string" }),
  ],
  [
    "POST /clans: body.region no longer takes a value",
    (api) => Object.assign(schemas(api).CreateClanRequest.properties.region, { enum: ["EU", null] }),
  ],
  [
    "POST /clans: body.name has another pattern",
    (api) => Object.assign(schemas(api).CreateClanRequest.properties.name, { pattern: "^a" }),
  ],
  [
    "POST /user-activity/import: no longer takes text/csv",
    (api) => delete api.paths["/user-activity/import"].post.requestBody.content["text/csv"],
  ],
  ["POST /clans: no longer declares 201", (api) => delete create(api).responses["201"]],
  [
    "POST /clans: 201 lacks the header Location",
    (api) => delete create(api).responses["201"].headers.Location,
  ],
  [
    "POST /clans: 201 is no longer application/json",
    (api) => delete create(api).responses["201"].content["application/json"],
  ],
  ["POST /clans: 201 lacks the property region", (api) => delete schemas(api).Clan.properties.region],
  ["POST /clans: 201 may lack the property name", (api) => schemas(api).Clan.required.splice(1, 1)],
  [
    "POST /clans: 201.name may have a new type",
    (api) => Object.assign(schemas(api).Clan.properties.name, { type: ["string", "null"] }),
  ],
  [
    "POST /clans: 201.created_at has another format",
    (api) => Object.assign(schemas(api).Clan.properties.created_at, { format: "date" }),
  ],
  ["POST /clans: 400.reason lacks a value", (api) => schemas(api).Problem.properties.reason.enum.pop()],
  [
    "GET /user-activity: 200.rows[].platform may have a new value",
    (api) => schemas(api).Activity.properties.platform.enum.push("WEB"),
  ],
];

const changed = (change: Change, version = "1.1.0"): ApiDocument => {
  const document = structuredClone(newestRecorded()) as ApiDocument;
  change(document);
  document.info.version = version;
  return document;
};

it.each(breaking)("refuses a breaking change: %s", (why, change) => {
  const document = changed(change, "1.999.0");
  expect(breakingChanges(newestRecorded() as ApiDocument, document)).toContain(why);
  expect(() => isNewVersion(newestRecorded() as ApiDocument, document)).toThrow(why);
  expect(isNewVersion(newestRecorded() as ApiDocument, changed(change, "2.0.0"))).toBe(true);
});

const harmless: [what: string, change: Change][] = [
  [
    "a new operation",
    (api) => Object.assign(api.paths, { "/new": { get: { operationId: "x", responses: {} } } }),
  ],
  ["a new optional parameter", (api) => list(api).parameters.push({ name: "x", in: "query", schema: {} })],
  [
    "a new optional property of a request",
    (api) => Object.assign(schemas(api).CreateClanRequest.properties, { motto: { type: "string" } }),
  ],
  [
    "a wider bound",
    (api) => Object.assign(schemas(api).CreateClanRequest.properties.name, { maxLength: 1_000 }),
  ],
  [
    "a new property of an answer",
    (api) => Object.assign(schemas(api).Clan.properties, { motto: { type: "string" } }),
  ],
  ["a new reason", (api) => schemas(api).Problem.properties.reason.enum.push("NEW_REASON")],
  ["one more scope that will do", (api) => create(api).security.push({ apiKey: ["members:write"] })],
  ["an operation that needs no key any more", (api) => Object.assign(create(api), { security: [] })],
  ["a body that may be left out", (api) => delete create(api).requestBody.required],
  ["a new status", (api) => Object.assign(create(api).responses, { 418: { description: "x" } })],
];

it.each(harmless)("takes %s, once the version is raised", (_what, change) => {
  const recorded = newestRecorded() as ApiDocument;
  expect(isNewVersion(recorded, changed(change, "1.999.0"))).toBe(true);
  expect(() => isNewVersion(recorded, changed(change, recorded.info.version))).toThrow(/raise apiVersion/);
});

it("refuses to require a body that was optional", () => {
  const optional = changed((api) => delete create(api).requestBody.required);
  expect(breakingChanges(optional, newestRecorded() as ApiDocument)).toEqual(["POST /clans: needs a body"]);
});
