import { statSync } from "node:fs";
import type { Source } from "./source.ts";

// A command that finds the file held tries again after 50 to 500 ms: it gets its turn between two of our questions.
const pauseMs = 150;
const longMs = 60;
const patienceMs = 500;

/**
 * The local warehouse in its DuckDB file, which a command in another terminal may want to write at any time: it is
 * opened for one question after another, for reading alone, and after a long one left alone for a while.
 */
export function localSource(path: string): Source {
  let turn: Promise<unknown> = Promise.resolve();
  let freeUntil = 0;
  return {
    name: "local warehouse",
    target: "local",
    turnMs: 60,
    version: async () => versionOf(path),
    ask(question) {
      const answer = turn.then(async () => {
        await new Promise((resolve) => setTimeout(resolve, Math.max(0, freeUntil - Date.now())));
        // Takes a moment to import, which the start need not wait for.
        const { openDuckdb } = await import("@clan-platform/warehouse/engines/duckdb/duckdb.ts");
        const warehouse = await openDuckdb(path, { readOnly: true, patienceMs });
        const openedAt = Date.now();
        try {
          return await question(warehouse);
        } finally {
          await warehouse.close();
          if (Date.now() - openedAt > longMs) freeUntil = Date.now() + pauseMs;
        }
      });
      turn = answer.catch(() => {});
      return answer;
    },
  };
}

/** Time and size of the file and of what DuckDB has not yet moved into it. */
function versionOf(path: string): string | undefined {
  const [file, log] = [path, `${path}.wal`].map((name) => statSync(name, { throwIfNoEntry: false }));
  if (!file) return undefined;
  return [file, log].map((stats) => (stats ? `${stats.mtimeMs}-${stats.size}` : "none")).join("_");
}
