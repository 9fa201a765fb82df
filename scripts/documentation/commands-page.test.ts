import { expect, it } from "vitest";
import { loadAllCommands } from "../commands/command-line/commands.ts";
import { withCommandTable } from "./commands-table.ts";
import { readPage } from "./pages.ts";

it("docs/commands.md has the table of the commands", async () => {
  const page = readPage("docs/commands.md");
  const current = withCommandTable(page, await loadAllCommands());
  expect(current, "docs/commands.md is outdated: npm run update-docs").toBe(page);
});
