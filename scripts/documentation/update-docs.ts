import { readFileSync, writeFileSync } from "node:fs";
import { loadAllCommands } from "../commands/command-line/commands.ts";
import { withCommandTable } from "./commands-table.ts";

// `npm run update-docs`: writes the table of docs/commands.md.
const path = new URL("../../docs/commands.md", import.meta.url);
writeFileSync(path, withCommandTable(readFileSync(path, "utf8"), await loadAllCommands()));
