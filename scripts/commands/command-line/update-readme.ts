import { readFileSync, writeFileSync } from "node:fs";
import { loadAllCommands } from "./commands.ts";
import { withCommandTable } from "./readme-table.ts";

// `npm run update-readme`: writes the table of commands in README.md.
const path = new URL("../../../README.md", import.meta.url);
writeFileSync(path, withCommandTable(readFileSync(path, "utf8"), await loadAllCommands()));
