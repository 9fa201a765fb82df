import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it, onTestFinished } from "vitest";
import { annotationsTable, fullName } from "../../tables/table.ts";
import type { Warehouse } from "../../warehouse.ts";
import { openDuckdb } from "./duckdb.ts";
import { createFileReader } from "./file-reader.ts";

const note = (text: string) =>
  `insert into ${fullName(annotationsTable)} by name select '${text}' as annotation_id, date '2026-03-01' as event_date, '${text}' as text, now() as created_at`;
const textsIn = async (warehouse: Warehouse) =>
  (await warehouse.query(`select text from ${fullName(annotationsTable)}`)).map(({ text }) => text);

async function fileWith(text: string): Promise<string> {
  const path = join(await temporaryFolder(), "it's a warehouse, ä龍.duckdb");
  const warehouse = await openDuckdb(path);
  await warehouse.createTables();
  await warehouse.write({ sql: note(text), writes: annotationsTable });
  await warehouse.close();
  return path;
}

function readerOf(path: string) {
  const reader = createFileReader(path);
  onTestFinished(() => reader.close());
  return reader;
}

/** Opens the file in another process, which runs a statement and is killed, or ends. */
const elsewhere = (path: string, sql: string, end: "kill" | "close") =>
  execFileSync(
    process.execPath,
    [
      ...["--input-type=module", "--eval"],
      `import { openDuckdb } from ${JSON.stringify(import.meta.resolve("./duckdb.ts"))};
       const warehouse = await openDuckdb(process.argv[1], { patienceMs: 0 });
       await warehouse.write({ sql: process.argv[2] });
       if (process.argv[3] === "close") await warehouse.close();
       process.stdout.write("written");
       if (process.argv[3] === "kill") process.kill(process.pid, "SIGKILL");`,
      ...[path, sql, end],
    ],
    { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] },
  );

it("sees at each read what others have written meanwhile, whom it keeps out only while it reads", async () => {
  const path = await fileWith("first");
  const reader = readerOf(path);
  const warehouse = await reader.open();
  expect(await textsIn(warehouse)).toEqual(["first"]);
  expect(await warehouse.lastWrittenAt(annotationsTable)).toMatch(/^20\d\d-/);
  expect(() => elsewhere(path, note("second"), "close")).toThrow(/is held by process/);
  await warehouse.close();
  expect(elsewhere(path, note("second"), "close")).toBe("written");
  const later = await reader.open();
  expect(await textsIn(later)).toEqual(["first", "second"]);
  await later.close();
});

it("reads what a killed process has left in the write-ahead log", async () => {
  const path = await fileWith("first");
  expect(() => elsewhere(path, note("second"), "kill")).toThrow(/SIGKILL|failed/);
  expect(existsSync(`${path}.wal`)).toBe(true);
  const warehouse = await readerOf(path).open();
  expect(await textsIn(warehouse)).toEqual(["first", "second"]);
  await warehouse.close();
});

it("reads several times at once, goes on after a statement that fails, and writes nothing", async () => {
  const reader = readerOf(await fileWith("first"));
  const [one, other] = await Promise.all([reader.open(), reader.open()]);
  await expect(one.query("select nothing")).rejects.toThrow(/nothing/);
  await expect(one.write({ sql: note("second") })).rejects.toThrow(/read-only/);
  await one.close();
  expect(await textsIn(other)).toEqual(["first"]);
  await other.close();
  const again = await reader.open();
  expect(await textsIn(again)).toEqual(["first"]);
  await again.close();
});

it("says of a file that is missing, or none of DuckDB's, what to do, and creates nothing", async () => {
  const path = join(await temporaryFolder(), "missing.duckdb");
  await expect(readerOf(path).open()).rejects.toThrow(
    /missing\.duckdb can't be opened as the local warehouse: /,
  );
  expect(existsSync(path)).toBe(false);
  await expect(readerOf(import.meta.filename).open()).rejects.toThrow(
    /can't be opened as the local warehouse: /,
  );
});
