import { StackSettings } from "@clan-platform/infra/settings.ts";
import { expect, it } from "vitest";
import { descriptionOf, leavesOf } from "./stack-settings-table.ts";

const settings = leavesOf(StackSettings);

it("finds the settings within objects too", () => {
  expect(settings.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["gcp:project", "windowDays", "budget.currency", "playerTokens.jwksUrl"]),
  );
});

it.each(settings)("$name says what it means and costs, with an example that is valid", ({ name, schema }) => {
  const { description, costs, example } = descriptionOf(name, schema);
  expect(description).not.toBe("");
  expect(costs).not.toBe("");
  expect(schema.parse(example)).toEqual(example);
});
