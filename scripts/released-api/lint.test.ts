import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectral from "@stoplight/spectral-core";
import * as parsers from "@stoplight/spectral-parsers";
import rulesets from "@stoplight/spectral-rulesets";
import { expect, it } from "vitest";
import { currentDocument } from "./current-document.ts";

const source = JSON.stringify(await currentDocument());

const explained = [
  // Health checks take no input and are never limited: no request to them can be at fault.
  /^operation-4xx-response #\/paths\/~1health/,
  // OpenAPI 3.1 lists roles like this for any scheme (https://spec.openapis.org/oas/v3.1.1.html#security-requirement-object);
  // the rule knows only the scopes of OAuth 2.
  /^oas3-operation-security-defined .*\/apiKey\/0: "[a-z]+:[a-z]+" must be listed among scopes/,
];
const unexplained = (findings: string[]) =>
  findings.filter((finding) => !explained.some((pattern) => pattern.test(finding)));

it("passes Redocly's recommended rules", async () => {
  const config = await createConfig({ extends: ["recommended"] });
  const findings = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  const texts = findings.map(
    ({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer}: ${message}`,
  );
  expect(unexplained(texts)).toEqual([]);
});

it("passes Spectral's rules for OpenAPI", async () => {
  const linter = new spectral.Spectral();
  linter.setRuleset({ extends: [[rulesets.oas, "recommended"]] } as never);
  const findings = await linter.run(new spectral.Document(source, parsers.Json as never));
  const texts = findings.map(({ code, path, message }) => `${code} ${path.join("/")}: ${message}`);
  expect(unexplained(texts)).toEqual([]);
});
