import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "./pages.ts";

const rooms = "{.github,clients,contract,dashboard,docs,infra,scripts,service,warehouse}";
const ignored = /(^|\/)(node_modules|dist|data|fixtures|openapi)(\/|$)/;
// A released migration never changes, and neither does its hash.
const released = /^service\/migrations\/0(0[1-9]|1[0-3])/;
const own = "scripts/documentation/words.test.ts";

/** Archaic words, and what to write instead. */
const words = {
  "told|tells": "reported, returned, printed, said",
  "mend|mends|mended": "fix",
  "reckon|reckons|reckoned": "compute, estimate",
  anew: "again",
  whoever: "anyone who",
  besides: "in addition to",
  // Not codes, such as that of Hebrew.
  "(?<![\"'`])(?:he|his|him|himself)(?![\"'`])": "they, their, or the player",
  "in any case": "case-insensitive, or whatever happens",
  "invents|invented": "generates, synthetic",
  "does harm|mishaps?": "injects a fault, fault",
  "nobody expected": "unexpected",
  "sieves?|sieved": "validate, validation result",
  "stand-ins?": "fake, emulator",
  "hitherto|henceforth|hence|thus|thereof|wherein|whilst|amongst|upon|shall|lest": "plain English",
};

it("sources and documentation use no archaic words", () => {
  const files = globSync(
    ["*.{md,mjs}", `${rooms}/**/{*.{ts,tsx,js,mjs,md,sql,sh,yml,json,html,css},Dockerfile*}`],
    {
      cwd: root,
      exclude: (name) => ignored.test(name),
    },
  ).filter((path) => !ignored.test(path) && !released.test(path) && path !== own);
  expect(files.length).toBeGreaterThan(500);
  const found = files.flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((line, at) =>
        Object.entries(words).flatMap(([pattern, instead]) => {
          const match = new RegExp(`\\b(${pattern})\\b`, "i").exec(line);
          return match ? [`${path}:${at + 1}: "${match[0]}": write ${instead}`] : [];
        }),
      ),
  );
  expect(found).toEqual([]);
});
