import { expect, it } from "vitest";
import { ApiError, createClanClient } from "./index.ts";

const id = "2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55";

const clientAnswered = (answer: Response) =>
  createClanClient({ baseUrl: "https://clans.example.com", fetch: async () => answer.clone() });

const as = (type: string, body: string, status = 200) =>
  new Response(body, { status, headers: { "content-type": type } });

const nothing = "answers nothing instead of JSON";
const broken = "answers JSON that is cut off, or of something else";

const answers: [what: string, answer: () => Response, message: string][] = [
  ["200 without a body", () => new Response(null), `200 ${nothing}`],
  ["200 of length 0", () => new Response("", { headers: { "content-length": "0" } }), `200 ${nothing}`],
  ["200 as JSON without a body", () => as("application/json", ""), `200 ${nothing}`],
  ["204", () => new Response(null, { status: 204 }), `204 ${nothing}`],
  ["205", () => new Response(null, { status: 205 }), `205 ${nothing}`],
  ["half of the JSON", () => as("application/json", "{"), `200 ${broken}`],
  ["JSON of another kind", () => as("application/json", "null"), `200 ${broken}`],
  ["a list", () => as("application/json", "[]"), `200 ${broken}`],
  ["lines", () => as("application/x-ndjson", "{}\n{}\n"), "200 answers application/x-ndjson instead of JSON"],
  ["a page", () => as("text/html", "<h1>Welcome</h1>"), "200 answers text/html instead of JSON"],
];

it.each(answers)("takes %s for no answer of the service", async (_, answer, message) => {
  const clans = clientAnswered(answer());
  const calls = [
    clans.getClan(id),
    clans.createClan({ name: "Night Owls" }),
    clans.changeClan(id, { region: null }),
    clans.joinClan(id, "ana"),
    clans.listClans().next(),
    clans.listMembers(id).next(),
    clans.importActivity("", { contentType: "text/csv" }),
    clans.api.GET("/health"),
  ];
  for (const error of await Promise.all(calls.map((call) => call.catch((error) => error)))) {
    expect(error).toBeInstanceOf(ApiError);
    expect(error.message).toBe(`${message}: is it the service?`);
  }
});

it("takes an object without entries for no page", async () => {
  const error = await clientAnswered(Response.json({}))
    .listClans()
    .next()
    .catch((error) => error);
  expect(error).toBeInstanceOf(ApiError);
  expect(error.message).toBe("200 answers no page of a list: is it the service?");
});

it("takes 204 alone for a deletion", async () => {
  await clientAnswered(new Response(null, { status: 204 })).deleteClan(id);
  for (const answer of [
    new Response(null),
    Response.json({ status: "ok" }),
    as("text/html", "<h1>Welcome</h1>"),
  ])
    await expect(clientAnswered(answer).deleteClan(id)).rejects.toThrow(
      new ApiError(200, undefined, "answers a deletion, instead of 204: is it the service?", true),
    );
});

it("takes no part of an export for all of it, and an empty one for a person about whom nothing is held", async () => {
  const read = async (answer: Response) => {
    const pieces: unknown[] = [];
    for await (const piece of clientAnswered(answer).exportUser("ana")) pieces.push(piece);
    return pieces;
  };
  const piece = { type: "activity", user_id: "ana" };
  const line = `${JSON.stringify(piece)}\n`;
  expect(await read(as("application/x-ndjson", line + line))).toEqual([piece, piece]);
  expect(await read(as("application/x-ndjson; charset=utf-8", ""))).toEqual([]);
  for (const answer of [
    as("application/x-ndjson", line + line.slice(0, 20)),
    as("application/json", "{}"),
    new Response(null),
    new Response(null, { status: 204 }),
  ])
    await expect(read(answer)).rejects.toBeInstanceOf(ApiError);
});
