import { createConfig, lintFromString } from "@redocly/openapi-core";
import spectral from "@stoplight/spectral-core";
import * as parsers from "@stoplight/spectral-parsers";
import rulesets from "@stoplight/spectral-rulesets";
import { expect, it } from "vitest";
import { currentDocument } from "./current-document.ts";

const source = JSON.stringify(await currentDocument());

// Health checks take no input and are never limited: no request to them can be at fault.
const explained = /^operation-4xx-response #\/paths\/~1health/;

it("passes Redocly's recommended rules", async () => {
  const config = await createConfig({ extends: ["recommended"] });
  const findings = await lintFromString({ source, absoluteRef: "/openapi.json", config });
  const texts = findings.map(
    ({ ruleId, location, message }) => `${ruleId} ${location[0]?.pointer}: ${message}`,
  );
  expect(texts.filter((text) => !explained.test(text))).toEqual([]);
});

it("passes Spectral's rules for OpenAPI", async () => {
  const linter = new spectral.Spectral();
  linter.setRuleset({ extends: [[rulesets.oas, "recommended"]] } as never);
  const findings = await linter.run(new spectral.Document(source, parsers.Json as never));
  expect(findings.map(({ code, path, message }) => `${code} ${path.join("/")}: ${message}`)).toEqual([]);
});
