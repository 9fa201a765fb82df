import { constants } from "node:os";
import { endOnSignal } from "./end-on-signal.ts";

// The container's second command: `node src/migrate.ts`, which runs before the service starts. Everything else is imported
// only once signals are handled. PostgreSQL rolls back what a connection that ends has not committed.
endOnSignal((signal) => {
  console.error(`migrate: stopped by ${signal}; run it again: it does what is missing`);
  process.exit(128 + constants.signals[signal]);
});
const { runMigration } = await import("./run-migration.ts");
await runMigration();
