import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { forgetMembers, membersToSeed, noteMembers } from "./members-to-seed.ts";

it("are noted for the next start, until they are forgotten, and a note that is not whole is none", async () => {
  const folder = await temporaryFolder();
  expect(membersToSeed(folder)).toBeUndefined();
  noteMembers(folder, { rows: 50, to: "2024-03-05" });
  expect(membersToSeed(folder)).toEqual({ rows: 50, to: "2024-03-05" });
  const file = join(folder, "members-to-seed.json");
  const whole = readFileSync(file, "utf8");
  for (let length = 0; length < whole.length; length++) {
    writeFileSync(file, whole.slice(0, length));
    expect(membersToSeed(folder)).toBeUndefined();
  }
  forgetMembers(folder);
  expect(membersToSeed(folder)).toBeUndefined();
});
