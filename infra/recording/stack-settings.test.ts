import { expect, it } from "vitest";
import { ConfigError, parseConfig } from "../config.ts";
import { parseStackFile, stackSettings } from "./stack-settings.ts";

const encrypted = { secure: "v1:6f1c2b:encrypted" };

/** The settings of dev, with these, as npm run plan and npm run doctor read them from the file. */
const parsed = (others: Record<string, unknown>) =>
  parseConfig(stackSettings("dev", { "gcp:project": "my-game-dev", ...others }));

it.each([
  ["a text", { "clan-platform:alertWebhook": encrypted }],
  ["a list", { "clan-platform:apiKeys": encrypted, "clan-platform:access": "public" }],
  ["items of a list", { "clan-platform:apiKeys": [encrypted, encrypted], "clan-platform:access": "public" }],
  ["fields", { "clan-platform:budget": { billingAccount: encrypted, monthlyAmount: 300 } }],
  ["an object", { "clan-platform:budget": encrypted }],
])("settings that only Pulumi can decrypt are no mistakes: %s", (_what, settings) => {
  expect(() => parsed(settings)).not.toThrow();
});

it("what is not encrypted is read as it is, and checked", () => {
  const known = `game:${"ab".repeat(32)}:clans:write`;
  expect(parsed({ "clan-platform:apiKeys": [known, encrypted] }).apiKeys[0]).toBe(known);
  expect(() => parsed({ "clan-platform:apiKeys": [encrypted, "game:wrong"] })).toThrow(/apiKeys is wrong/);
});

it("a file that is not valid YAML is named, with the line", () => {
  const parse = () =>
    parseStackFile("Pulumi.dev.yaml", "config:\n  gcp:region: europe-west1\n   protect: [\n");
  expect(parse).toThrow(ConfigError);
  expect(parse).toThrow(/^Pulumi\.dev\.yaml can't be read: .* at line 2, column 15$/);
});
