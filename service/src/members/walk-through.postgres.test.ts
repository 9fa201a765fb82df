import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { get, listen, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it } from "vitest";

const page = readFileSync(new URL("../../../docs/members.md", import.meta.url), "utf8");

it("the walk-through of docs/members.md does what it says", async () => {
  const { app } = await startTestApp();
  const [, script = ""] = /```sh\n([\s\S]*?)```/.exec(page) ?? [];
  const own = script.replace("http://localhost:8080", await listen(app));
  expect(own).not.toBe(script);
  const { stdout } = await promisify(execFile)("sh", ["-euc", own]);
  const { clans } = (await get(app, "/clans")).body;
  expect(clans).toMatchObject([
    { name: "Harbor Dawn", join_mode: "request", max_members: 30, member_count: 2 },
  ]);
  const members = `"members":[{"user_id":"ana","clan_id":"${clans[0].id}","role":"leader"`;
  expect(stdout).toContain(members);
  expect(stdout).toMatch(/"role":"member","joined_at":"[^"]*"\}$/);
});
