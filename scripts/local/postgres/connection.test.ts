import { closeSync, openSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { temporaryFolder } from "../../testkit/run.ts";
import { readConnection, writeConnection } from "./connection.ts";

it("replaces the connection as a whole, because a command may be reading it", async () => {
  const data = await temporaryFolder();
  const first = { port: 54_320, password: "secret" };
  writeConnection(data, first);
  const file = join(data, "connection.json");
  const reader = openSync(file, "r");
  const second = { ...first, port: 40_000, startedBy: 17 };
  writeConnection(data, second);
  expect(JSON.parse(readFileSync(reader, "utf8"))).toEqual(first);
  closeSync(reader);
  expect(readConnection(data)).toEqual(second);
  expect([readdirSync(data), statSync(file).mode & 0o777]).toEqual([["connection.json"], 0o600]);
});
