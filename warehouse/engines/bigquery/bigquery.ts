import { validateFile } from "../../loading/validate-file.ts";
import { type Days, type Part, type Warehouse, WarehouseError } from "../../warehouse.ts";
import { type ConnectionOptions, connectBigquery } from "./connection.ts";
import { explain } from "./failures.ts";
import { loadPart, type ValidateFile } from "./load.ts";
import { bytesToRead, type Parameter, runQuery } from "./queries.ts";
import { createTables, lastWrittenAt } from "./tables.ts";

export interface BigqueryOptions extends ConnectionOptions {
  /** What separates the good rows of a part from the bad lines. */
  validate?: ValidateFile;
}

/**
 * The warehouse on BigQuery. Whatever it is asked, it tries again for some two minutes, or `patienceMs`, while BigQuery
 * is busy or can't be reached, and asks for nothing twice.
 * @throws {WarehouseError} when no project is known; so do the methods when credentials, rights, a project or a dataset
 *   are missing, or the quota is used up
 */
export async function openBigquery({
  validate = validateFile,
  ...options
}: BigqueryOptions = {}): Promise<Warehouse> {
  const { location = "EU" } = options;
  const explained = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw explain(error, location);
    });
  const connection = await explained(connectBigquery(options));
  const load = (part: Part) => explained(loadPart(connection, validate, part));
  return {
    createTables: () => explained(createTables(connection)),
    // Others may load the same part, and go on where this one is: nothing is begun before its turn.
    preparePart: async (part) => ({ load: () => load(part), discard: async () => {} }),
    loadPart: load,
    syncActivity: async () => {
      throw new WarehouseError(
        "BigQuery fetches PostgreSQL's changes itself: the scheduled query activity_sync does it, every day or when it is started in the console.",
      );
    },
    query: (sql, days = {}) => explained(runQuery(connection, sql, dates(days))),
    lastWrittenAt: (table) => explained(lastWrittenAt(connection, table)),
    bytesToRead: (sql, days = {}) => explained(bytesToRead(connection, sql, dates(days))),
    close: async () => {},
  };
}

const dates = (days: Days): Record<string, Parameter> =>
  Object.fromEntries(Object.entries(days).map(([name, value]) => [name, { type: "DATE", value }]));
