import { expect, it } from "vitest";
import { parseApiKeys, scopes } from "./api-key-entries.ts";

const [a, b, c] = ["ab".repeat(32), "cd".repeat(32), "ef".repeat(32)];

it("reads names and scopes; scopes and entries may be separated alike, because each is recognised by its form", () => {
  const wanted = [
    { name: "game", hash: a, scopes: ["clans:write", "activity:write"] },
    { name: "support", hash: b, scopes: ["users:erase"] },
    { name: `key-${c.slice(0, 8)}`, hash: c, scopes },
  ];
  for (const separator of [",", " ", "\n", ", "]) {
    const text = [`game:${a}:clans:write,activity:write`, `support:${b}:users:erase`, c].join(separator);
    expect(parseApiKeys(text)).toEqual(wanted);
  }
});

it("* is all scopes; hashes may be in upper case", () => {
  expect(parseApiKeys(`ops:${a.toUpperCase()}:*`)).toEqual([{ name: "ops", hash: a, scopes }]);
});

it("two keys may have one name, so that one can replace the other", () => {
  const keys = parseApiKeys(`game:${a}:clans:write game:${b}:clans:write`);
  expect(keys.map(({ name }) => name)).toEqual(["game", "game"]);
});

it.each([
  ["my-plain-key", /^entry 1 is neither$/],
  [`${a},my-plain-key`, /^entry 2 is neither$/],
  [`game:${a}`, /^game names no scope; the scopes are clans:write, .*users:erase, and \* for all$/],
  [`game:${a}:`, /^game names no scope/],
  [`game:${a}:clans:read`, /^game has a scope that does not exist; the scopes are/],
  [`game:${a}:clans:write,clans:read`, /^game has a scope that does not exist/],
  ["clans:write", /^entry 1 is neither$/],
  // It would have all scopes, and seem to have one.
  [`${a},clans:write`, /^entry 1 is a bare hash, which has all scopes: give it a name$/],
  [`a b:${a}:*`, /^entry 1 is neither$/],
  [`game:${a.slice(1)}:*`, /^entry 1 is neither$/],
  [`game:${a}:* ${a}`, /^entry 2 has the same hash as game$/],
  // Of `printf '' | sha256sum`, with a variable that is not set.
  [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    /^entry 1 has the hash of an empty key$/,
  ],
])("refuses %s", (text, message) => {
  expect(() => parseApiKeys(text)).toThrow(message);
});

it("never shows what may be a key", () => {
  for (const text of ["s3cret", `${a} s3cret`, `game:${a}:s3cret`, `game:${a}:*,s3cret:s3cret`]) {
    expect(() => parseApiKeys(text)).toThrow(/^(?!.*s3cret)/);
  }
});
