import { columnsOf } from "@clan-platform/contract/columns.ts";
import { isColumn } from "@clan-platform/contract/lines/from-file.ts";
import { shortened } from "@clan-platform/contract/text.ts";
import { DuckDBInstance } from "@duckdb/node-api";
import { pathLiteral } from "../engines/duckdb/path-literal.ts";
import { UnfitFile } from "./unfit-file.ts";

interface ParquetColumn {
  name: string;
  type: string;
}

/**
 * Writes the rows of a Parquet file as CSV, whose header names all its columns, so that its rows are read by the same rules
 * as those of other files. Row 1 becomes line 2.
 * @throws {UnfitFile}
 */
export async function parquetToCsv(path: string, csvPath: string): Promise<void> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: "512MB",
    temp_directory: `${csvPath}.tmp`,
    preserve_insertion_order: "true",
  });
  const connection = await instance.connect();
  // Older writers of Hive and Spark don't mark texts as such. A column named by a folder is not in the file, nor in its digest.
  const relation = `read_parquet(${pathLiteral(path)}, binary_as_string = true, hive_partitioning = false)`;
  try {
    // In which a moment with a time zone is written.
    await connection.run("set TimeZone = 'UTC'");
    const described = await connection.runAndReadAll(`describe select * from ${relation}`);
    const columns = described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
    refuseInexactIds(columns);
    await connection.run(
      `copy (select ${selectList(columns)} from ${relation})
       to '${csvPath.replaceAll("'", "''")}' (format csv, header true)`,
    );
  } catch (cause) {
    if (cause instanceof UnfitFile) throw cause;
    const [message = ""] = String(cause instanceof Error ? cause.message : cause)
      .replace(/^[\w ]+ Error: /, "")
      .split("\n");
    throw new UnfitFile(`can't be read as Parquet: ${message}; none of it was loaded.`, { cause });
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** As the header of a CSV is read. */
const nameOf = ({ name }: ParquetColumn) => name.trim().toLowerCase();

/** Columns that are ignored come first and without values: a value that is missing at a line's end would not be plain. */
const selectList = (columns: ParquetColumn[]) =>
  columns
    .toSorted((a, b) => Number(isColumn(nameOf(a))) - Number(isColumn(nameOf(b))))
    .map((column) => `${isColumn(nameOf(column)) ? textOf(column) : "null"} as ${identifier(column)}`)
    .join(", ");

/** A value as a CSV has it. A text that spans lines would be more than one; with carriage returns, it is as faulty. */
const textOf = (column: ParquetColumn) =>
  column.type === "VARCHAR"
    ? `replace(nullif(${identifier(column)}, ''), chr(10), chr(13))`
    : `cast(${identifier(column)} as varchar)`;

const identifier = ({ name }: ParquetColumn) => `"${name.replaceAll('"', '""')}"`;

// What has one text for each id. Data frames turn whole numbers into doubles when one is missing: 4711 becomes 4711.0, and a
// long one another number; a decimal with a scale becomes 4711.000000000, and a list [4711].
const idTypes = /^(VARCHAR|ENUM\(.*\)|UUID|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(\d+,0\))$/s;

/** Other values would become texts that are valid ids: those of other users. */
function refuseInexactIds(columns: ParquetColumn[]): void {
  const ids: string[] = columnsOf("id");
  const inexact = columns.find((column) => ids.includes(nameOf(column)) && !idTypes.test(column.type));
  if (!inexact) return;
  const { type } = inexact;
  const why = /^(FLOAT|DOUBLE)$/.test(type) ? "inexact" : "neither text nor a whole number";
  throw new UnfitFile(
    `has ${nameOf(inexact)} as ${shortened(type, 64)}, which is ${why}: write it as text; none of it was loaded.`,
  );
}
