import { expect, it } from "vitest";
import { fakeProvider } from "./fake-provider.ts";

it("throws on an unexpected resource and on an unexpected call, so that no test misses them", () => {
  const { newResource, call } = fakeProvider("game-test");
  const bucket = { type: "gcp:storage/bucket:Bucket", name: "files", inputs: {}, custom: true };
  expect(() => newResource(bucket)).toThrow("unexpected resource files of type gcp:storage/bucket:Bucket");
  const token = "gcp:sql/getDatabaseInstance:getDatabaseInstance";
  expect(() => call({ token, inputs: {} })).toThrow(`unexpected call of ${token}`);
});
