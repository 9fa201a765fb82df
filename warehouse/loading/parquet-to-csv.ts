import { asColumnName, columnsOf } from "@clan-platform/contract/columns.ts";
import { isColumn, noteIgnored } from "@clan-platform/contract/lines/from-file.ts";
import { shortened } from "@clan-platform/contract/text.ts";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { pathLiteral } from "../engines/duckdb/path-literal.ts";
import { UnfitFile } from "./unfit-file.ts";

interface ParquetColumn {
  /** As the header of a CSV is read. */
  name: string;
  /** DuckDB's name for it, which numbers the names that the file has twice. */
  source: string;
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
    const columns = await columnsIn(connection, path, relation);
    refuseRepeated(columns);
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

async function columnsIn(
  connection: DuckDBConnection,
  path: string,
  relation: string,
): Promise<ParquetColumn[]> {
  const described = await connection.runAndReadAll(`describe select * from ${relation}`);
  const nodes = await connection.runAndReadAll(
    `select name, coalesce(num_children, 0) from parquet_schema(${pathLiteral(path)})`,
  );
  const names = namesOfColumns(nodes.getRows().map(([name, children]) => [String(name), Number(children)]));
  return described.getRows().map(([source, type], at) => ({
    name: asColumnName(names[at] ?? String(source)),
    source: String(source),
    type: String(type),
  }));
}

/** The names below the root of a schema, whose nodes come each before its children. */
function namesOfColumns([, ...nodes]: [name: string, children: number][]): string[] {
  const names: string[] = [];
  let nested = 0;
  for (const [name, children] of nodes) {
    if (nested > 0) nested--;
    else names.push(name);
    nested += children;
  }
  return names;
}

/** As for a CSV: which of them is meant is not for us to guess. */
function refuseRepeated(columns: ParquetColumn[]): void {
  const names = columns.map(({ name }) => name).filter(isColumn);
  const repeated = names.find((name, at) => names.indexOf(name) !== at);
  if (repeated) throw new UnfitFile(`has ${repeated} repeated: leave one of them; none of it was loaded.`);
}

/**
 * Columns that are ignored come first and without values: a value that is missing at a line's end would not be plain. Only those are
 * kept that are reported: the names of thousands would be too long a line.
 */
function selectList(columns: ParquetColumn[]): string {
  const ignored = new Set<string>();
  for (const { name } of columns) if (!isColumn(name)) noteIgnored(ignored, onOneLine(name));
  return [
    ...[...ignored].map((name) => `null as ${identifier(name)}`),
    ...columns
      .filter(({ name }) => isColumn(name))
      .map((column) => `${textOf(column)} as ${identifier(column.name)}`),
  ].join(", ");
}

/** A name for the header, which is one line; SQL has no empty one. */
const onOneLine = (name: string) => name.replace(/\p{Cc}+/gu, " ") || " ";

/** A value as a CSV has it. A text that spans lines would be more than one; with carriage returns, it is as faulty. */
const textOf = ({ source, type }: ParquetColumn) =>
  type === "VARCHAR"
    ? `replace(nullif(${identifier(source)}, ''), chr(10), chr(13))`
    : `cast(${identifier(source)} as varchar)`;

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

// What has one text for each id. Data frames turn whole numbers into doubles when one is missing: 4711 becomes 4711.0, and a
// long one another number; a decimal with a scale becomes 4711.000000000, and a list [4711].
const idTypes = /^(VARCHAR|ENUM\(.*\)|UUID|U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|DECIMAL\(\d+,0\))$/s;

/** Other values would become texts that are valid ids: those of other users. */
function refuseInexactIds(columns: ParquetColumn[]): void {
  const ids: string[] = columnsOf("id");
  const inexact = columns.find((column) => ids.includes(column.name) && !idTypes.test(column.type));
  if (!inexact) return;
  const { name, type } = inexact;
  const why = /^(FLOAT|DOUBLE)$/.test(type) ? "inexact" : "neither text nor a whole number";
  throw new UnfitFile(
    `has ${name} as ${shortened(type, 64)}, which is ${why}: write it as text; none of it was loaded.`,
  );
}
