import { statSync } from "node:fs";
import type { DuckDBConnection } from "@duckdb/node-api";

// DuckDB splits no work of less than 122,880 rows, and the thread that waits for a result polls for work meanwhile
// (https://github.com/duckdb/duckdb/issues/22178): on two threads, sorting 100,000 rows took three times the CPU time, and longer.
// So many bytes are some 40,000 rows of a CSV, or 100,000 of a table.
const manyBytes = 4 * 2 ** 20;

/** Threads of the database in a file, or in memory: one while it holds little, then all that the machine has. */
export interface Threads {
  /** The setting with which to open it. */
  initial: { threads?: string };
  /** To call before a file of so many bytes is brought in. */
  grow(connection: DuckDBConnection, bytes: number): Promise<void>;
}

export function threadsOf(path: string): Threads {
  let bytes = bytesHeld(path);
  const isSmall = () => bytes < manyBytes;
  return {
    initial: isSmall() ? { threads: "1" } : {},
    async grow(connection, more) {
      const wasSmall = isSmall();
      bytes += more;
      if (wasSmall && !isSmall()) await connection.run("reset threads");
    },
  };
}

/** The statement that gives a connection's database the threads for what an attached file holds. */
export const setThreadsFor = (path: string): string =>
  bytesHeld(path) < manyBytes ? "set threads = 1" : "reset threads";

const bytesHeld = (path: string): number => sizeOf(path) + sizeOf(`${path}.wal`);

/** Bytes of a file; 0 when there is none. */
export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
