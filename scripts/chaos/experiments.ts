import { backendKilled } from "./database/backend-killed.ts";
import { postmasterKilled } from "./database/postmaster-killed.ts";
import type { Experiment } from "./experiment.ts";
import { migrationBehindImport } from "./migrations/migration-behind-import.ts";
import { migrationKilled } from "./migrations/migration-killed.ts";
import { migrationsAtOnce } from "./migrations/migrations-at-once.ts";
import { olderService } from "./migrations/older-service.ts";
import { schemaOutdated } from "./migrations/schema-outdated.ts";
import { crowdedPool } from "./overload/crowded-pool.ts";
import { soak } from "./overload/soak.ts";
import { sustainedOverload } from "./overload/sustained-overload.ts";
import { askedToStop } from "./process/asked-to-stop.ts";
import { rollingChange } from "./process/rolling-change.ts";
import { serviceKilled } from "./process/service-killed.ts";

/** All experiments, in the order of RELIABILITY.md, by what they break. */
export const experiments: Record<string, Experiment[]> = {
  "the database": [backendKilled, postmasterKilled],
  overload: [crowdedPool, sustainedOverload, soak],
  "the process": [serviceKilled, askedToStop, rollingChange],
  migrations: [migrationsAtOnce, migrationKilled, migrationBehindImport, olderService, schemaOutdated],
};
