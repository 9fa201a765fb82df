import { MigrationEnvironment, ServiceEnvironment } from "@clan-platform/service/config.ts";
import { PlatformEnvironment } from "../local/settings.ts";
import { variablesTable } from "./settings-table.ts";
import { stackSettingsTable } from "./stack-settings-table.ts";

/** The tables of docs/settings.md, by their names. */
export const settingsTables = () => ({
  "npm start": variablesTable(PlatformEnvironment),
  "the service": variablesTable(ServiceEnvironment),
  "the migration": variablesTable(MigrationEnvironment),
  "a stack": stackSettingsTable(),
});
