import { absentAtStart } from "./database/absent-at-start.ts";
import { backendKilled } from "./database/backend-killed.ts";
import { connectionsUsedUp } from "./database/connections-used-up.ts";
import { diskFull } from "./database/disk-full.ts";
import { idleRestart } from "./database/idle-restart.ts";
import { immediateStop } from "./database/immediate-stop.ts";
import { postmasterKilled } from "./database/postmaster-killed.ts";
import { schemaLate } from "./database/schema-late.ts";
import { tableLocked } from "./database/table-locked.ts";
import { walFull } from "./database/wal-full.ts";
import type { Experiment } from "./experiment.ts";
import { edgeCases } from "./input/edge-cases.ts";
import { generatedRequests } from "./input/generated-requests.ts";
import { hostileBodies } from "./input/hostile-bodies.ts";
import { bigqueryFailing } from "./loader/bigquery-failing.ts";
import { loaderKilled } from "./loader/loader-killed.ts";
import { partsDamaged } from "./loader/parts-damaged.ts";
import { partsReordered } from "./loader/parts-reordered.ts";
import { membersUnderLoad } from "./members/members-under-load.ts";
import { migrationBehindImport } from "./migrations/migration-behind-import.ts";
import { migrationKilled } from "./migrations/migration-killed.ts";
import { migrationsAtOnce } from "./migrations/migrations-at-once.ts";
import { olderService } from "./migrations/older-service.ts";
import { schemaOutdated } from "./migrations/schema-outdated.ts";
import { blackHole } from "./network/black-hole.ts";
import { byteByByte } from "./network/byte-by-byte.ts";
import { commitResponseLost } from "./network/commit-response-lost.ts";
import { halfOpen } from "./network/half-open.ts";
import { halfSent } from "./network/half-sent.ts";
import { responseLost } from "./network/response-lost.ts";
import { slowClients } from "./network/slow-clients.ts";
import { slowDatabase } from "./network/slow-database.ts";
import { vanishedClients } from "./network/vanished-clients.ts";
import { crowdedPool } from "./overload/crowded-pool.ts";
import { nastySearch } from "./overload/nasty-search.ts";
import { soak } from "./overload/soak.ts";
import { stalledLoop } from "./overload/stalled-loop.ts";
import { sustainedOverload } from "./overload/sustained-overload.ts";
import { unauthorizedFlood } from "./overload/unauthorized-flood.ts";
import { gracefulShutdown } from "./process/graceful-shutdown.ts";
import { rollingUpdate } from "./process/rolling-update.ts";
import { serviceKilled } from "./process/service-killed.ts";

/** All experiments by subject, in the order of RELIABILITY.md. */
export const experiments: Record<string, Experiment[]> = {
  Database: [
    backendKilled,
    postmasterKilled,
    immediateStop,
    idleRestart,
    absentAtStart,
    schemaLate,
    diskFull,
    walFull,
    connectionsUsedUp,
    tableLocked,
  ],
  "Service process": [serviceKilled, gracefulShutdown, rollingUpdate],
  Network: [
    responseLost,
    commitResponseLost,
    slowDatabase,
    slowClients,
    blackHole,
    halfOpen,
    vanishedClients,
    halfSent,
    byteByByte,
  ],
  Members: [membersUnderLoad],
  Load: [crowdedPool, nastySearch, stalledLoop, unauthorizedFlood, sustainedOverload, soak],
  "Invalid input": [hostileBodies, edgeCases, generatedRequests],
  "Warehouse loads": [partsDamaged, partsReordered, loaderKilled, bigqueryFailing],
  Migrations: [migrationsAtOnce, migrationKilled, migrationBehindImport, olderService, schemaOutdated],
};
