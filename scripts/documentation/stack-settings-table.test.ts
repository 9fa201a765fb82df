import { StackSettings } from "@clan-platform/infra/settings.ts";
import { expect, it } from "vitest";
import { pages, readPage } from "./pages.ts";
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

it("no page but docs/settings.md has a table of settings: none is described twice", () => {
  const names = settings.map(({ name }) => name.replace(/\..*/, ""));
  const row = new RegExp(`^\\| \`(${[...new Set(names)].join("|")})[\`.](?!ts)`, "gm");
  expect(readPage("docs/settings.md").match(row)?.length).toBe(settings.length);
  const others = pages.filter((page) => page !== "docs/settings.md" && readPage(page).match(row));
  expect(others).toEqual([]);
});
