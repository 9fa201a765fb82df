import { expect, it } from "vitest";
import { loadAllCommands } from "../commands/command-line/commands.ts";
import { withCommandTable } from "./commands-table.ts";
import { readPage } from "./pages.ts";
import { settingsTables } from "./settings-tables.ts";
import { withTables } from "./tables.ts";

it("docs/commands.md has the table of the commands", async () => {
  const page = readPage("docs/commands.md");
  const current = withCommandTable(page, await loadAllCommands());
  expect(current, "docs/commands.md is outdated: npm run update-docs").toBe(page);
});

it("docs/settings.md has every setting, with its default", () => {
  const page = readPage("docs/settings.md");
  const current = withTables(page, settingsTables());
  expect(current, "docs/settings.md is outdated: npm run update-docs").toBe(page);
});
