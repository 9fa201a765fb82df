import { expect, it } from "vitest";
import { standIn } from "./stand-in.ts";

it("throws at a resource and at a call that nobody expected, so that no test misses them", () => {
  const { newResource, call } = standIn("game-test");
  const bucket = { type: "gcp:storage/bucket:Bucket", name: "files", inputs: {}, custom: true };
  expect(() => newResource(bucket)).toThrow("Nobody expected files, a gcp:storage/bucket:Bucket");
  const token = "gcp:sql/getDatabaseInstance:getDatabaseInstance";
  expect(() => call({ token, inputs: {} })).toThrow(`Nobody expected a call of ${token}`);
});
