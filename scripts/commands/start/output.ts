import { join } from "node:path";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import type { MigrationReport } from "@clan-platform/service/database/migrations.ts";
import { print } from "../terminal/print.ts";
import { canShowProgress } from "../terminal/progress-bar.ts";
import { paragraph } from "../terminal/wrap.ts";

/** Prints one step of the start. */
export function step(what: string, how: string): void {
  // A bar of the warehouse's fill may be on this line; it draws itself again on the next one.
  if (canShowProgress()) process.stderr.write("\r\u001b[K");
  print(paragraph(`  ${what.padEnd(12)} `, printable(how)));
}

export function schemaText({ applied, version, newerThanCode }: MigrationReport): string {
  if (applied.length > 0) return `migrated to version ${version}: ${applied.join(", ")}`;
  return `at version ${version}${newerThanCode ? " (newer than this code)" : ""}`;
}

export function scheduleText(everyMinutes: number): string {
  if (everyMinutes === 0) return "npm run sync brings what the API stores into the warehouse";
  return `every ${everyMinutes === 1 ? "minute" : `${everyMinutes} minutes`}; at once with npm run sync`;
}

interface Addresses {
  api: string;
  dashboard: string;
  /** Of the embedded PostgreSQL; undefined for that of DATABASE_URL. */
  database: string | undefined;
  /** Of what this machine keeps: the warehouse, and with the embedded PostgreSQL the clans. */
  dataFolder: string;
}

/** Where everything is, once it is ready. */
export function addressesText({ api, dashboard, database, dataFolder }: Addresses): string {
  const startOver = database
    ? "npm start -- --fresh"
    : `delete ${join(dataFolder, "warehouse/warehouse.duckdb*")}`;
  return `
  The clan platform is ready (${process.uptime().toFixed(1)} s).

  API          ${api}/clans
  API docs     ${api}/docs
  OpenAPI      ${api}/openapi.json
  Dashboard    ${dashboard}
  PostgreSQL   ${database ?? "at DATABASE_URL"}
               (for psql or DBeaver)
  Warehouse    npm run validate, or any SQL on
               ${join(dataFolder, "warehouse/warehouse.duckdb")}
  Data         ${database ? dataFolder : `${dataFolder}, and at DATABASE_URL`}
  Stop         Ctrl-C; the data stays. To start over: ${startOver}
`;
}
