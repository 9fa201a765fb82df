import { MigrationEnvironment, ServiceEnvironment } from "@clan-platform/service/config.ts";
import { PlatformEnvironment } from "../local/settings.ts";

/** The schemas that docs/settings.md describes, by the names of its tables. */
export const documentedSettings = {
  "npm start": PlatformEnvironment,
  "the service": ServiceEnvironment,
  "the migration": MigrationEnvironment,
};
