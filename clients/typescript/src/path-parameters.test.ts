import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createClanClient } from "./index.ts";

/** A client whose requests are recorded, and answered with an error. */
function startRecording() {
  const sent: string[] = [];
  const fetch = async (input: unknown) => {
    const { method, url } = input as Request;
    sent.push(`${method} ${new URL(url).pathname}`);
    return new Response(null, { status: 400 });
  };
  return { clans: createClanClient({ baseUrl: "https://clans.example.com/v1", fetch }), sent };
}

const document = JSON.parse(readFileSync(join(import.meta.dirname, "../../../docs/openapi/v1.json"), "utf8"));
const operations = Object.entries<object>(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods)
    .filter((key) => /^(get|put|post|patch|delete)$/.test(key))
    .map((method): [method: string, path: string] => [method.toUpperCase(), path]),
);

it.each(operations.filter(([, path]) => path.includes("{")))(
  "%s %s sends nothing for an id that would be another path",
  async (method, path) => {
    const { clans, sent } = startRecording();
    for (const [, name = ""] of path.matchAll(/\{(\w+)\}/g))
      for (const id of [".", "..", "", undefined, null]) {
        const params = { path: { id: "1", user_id: "ana", [name]: id } };
        const error = await clans.api
          .request(method as never, path as never, { params } as never)
          .catch((e) => e);
        expect(error).toBeInstanceOf(TypeError);
        expect(error.message).toBe(
          `${method} ${path}: ${name} is ${id == null ? "missing" : `"${id}"`}, which would lead to another path; pass an id.`,
        );
      }
    expect(sent).toEqual([]);
  },
);

it.each(["leaveClan", "deleteJoinRequest", "deleteInvitation"] as const)(
  "%s deletes no clan",
  async (method) => {
    const { clans, sent } = startRecording();
    for (const user of [".", "..", ""])
      await expect(clans[method]("1", user)).rejects.toThrow(`user_id is "${user}"`);
    expect(sent).toEqual([]);
  },
);

it("checks calls with a serializer of their own as well", async () => {
  const { clans, sent } = startRecording();
  const call = clans.api.DELETE("/clans/{id}/members/{user_id}", {
    params: { path: { id: "1", user_id: ".." } },
    pathSerializer: (path) => path.replace("{id}", "1").replace("{user_id}", ".."),
  });
  await expect(call).rejects.toThrow('user_id is ".."');
  expect(sent).toEqual([]);
});

it.each(["...", "..a", ".a", "%2e%2e", "%2E", "../x", "./", " ", "a/b", "..%2f", "\\.."])(
  "sends the id %s as one segment",
  async (id) => {
    const { clans, sent } = startRecording();
    await clans.leaveClan("1", id).catch(() => {});
    expect(sent).toEqual([`DELETE /v1/clans/1/members/${encodeURIComponent(id)}`]);
  },
);
