import { DashboardEnvironment } from "@clan-platform/dashboard/server/environment.ts";
import { MigrationEnvironment, ServiceEnvironment } from "@clan-platform/service/config.ts";
import { PlatformEnvironment } from "../local/settings.ts";
import { stackSettingsTable } from "./stack-settings-table.ts";
import { variablesTable } from "./variables-table.ts";

/** The tables of docs/settings.md, by their names. */
export const settingsTables = () => ({
  "the settings of npm start": variablesTable(PlatformEnvironment),
  "the settings of the service": variablesTable(ServiceEnvironment),
  "the settings of the migration": variablesTable(MigrationEnvironment),
  "the settings of the deployed dashboard": variablesTable(DashboardEnvironment),
  "the settings of a stack": stackSettingsTable(),
});
