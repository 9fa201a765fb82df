import { readFileSync, writeFileSync } from "node:fs";
import { loadAllCommands } from "../commands/command-line/commands.ts";
import { withCommandTable } from "./commands-table.ts";
import { withSettingsTables } from "./settings-table.ts";
import { settingsTables } from "./settings-tables.ts";

// `npm run update-docs`: writes the generated parts of docs/.
const commands = await loadAllCommands();
update("commands.md", (page) => withCommandTable(page, commands));
update("settings.md", (page) => withSettingsTables(page, settingsTables()));

function update(name: string, change: (page: string) => string): void {
  const path = new URL(`../../docs/${name}`, import.meta.url);
  writeFileSync(path, change(readFileSync(path, "utf8")));
}
