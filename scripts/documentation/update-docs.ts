import { readFileSync, writeFileSync } from "node:fs";
import { loadAllCommands } from "../commands/command-line/commands.ts";
import { withCommandTable } from "./commands-table.ts";
import { costTables } from "./costs-page.ts";
import { settingsTables } from "./settings-tables.ts";
import { withTables } from "./tables.ts";

// `npm run update-docs`: writes the generated parts of docs/.
const commands = await loadAllCommands();
const costs = await costTables();
update("commands.md", (page) => withCommandTable(page, commands));
update("settings.md", (page) => withTables(page, settingsTables()));
update("costs.md", (page) => withTables(page, costs));

function update(name: string, change: (page: string) => string): void {
  const path = new URL(`../../docs/${name}`, import.meta.url);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
