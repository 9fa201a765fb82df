import { type ColumnKind, columnsOf, columns as rowColumns } from "@clan-platform/contract/columns.ts";
import { readCountry } from "@clan-platform/contract/countries/country-code.ts";
import { firstDay } from "@clan-platform/contract/day.ts";
import { maxCount } from "@clan-platform/contract/kinds/count.ts";
import { reservedIds } from "@clan-platform/contract/kinds/id.ts";
import { ignoredIn } from "@clan-platform/contract/lines/csv-header.ts";
import type { DuckDBConnection } from "@duckdb/node-api";
import type { FileFindings, RawFile } from "../../warehouse.ts";
import { readCsv } from "./read-csv.ts";

// What a file has in place of countries when it has more different ones is for the contract to say.
const maxCountries = 5_000;

/** As what DuckDB reads a value in plain form. One beyond the type's limits is an error. */
const types: Record<ColumnKind, string> = {
  id: "varchar",
  day: "date",
  code: "varchar",
  // Its code is found later, once for each text.
  country: "varchar",
  count: "bigint",
  // Up to nine digits on both sides of the point fit a 64-bit number, which DuckDB reads sixty times faster than a wider
  // one. More decimal places are rounded half away from zero, as BigQuery's NUMERIC is.
  amount: "decimal(18, 9)",
};

const typeOf: ReadonlyMap<string, string> = new Map(rowColumns.map(({ name, kind }) => [name, types[kind]]));

/** What the form does not show: values beyond the limits of their kind. */
const beyondLimits = [
  ...columnsOf("id").map((name) => `${name} in (${reservedIds.map((id) => `'${id}'`).join(", ")})`),
  ...columnsOf("day").map((name) => `${name} not between date '${firstDay}' and current_date + 1`),
  ...columnsOf("count").map((name) => `${name} > ${maxCount}`),
  "install_date > event_date",
].join(" or ");

/** The temporary table `staged`, and what was noticed on the way into it. */
export interface StagedRows {
  rejected: number;
  /** The rejected lines as `validateFile` writes them; undefined when there are none. */
  rejectedPath?: string;
  findings: FileFindings;
  /** What to select the rows from, as they are to be stored; its keys are those of `staged`. */
  relation: string;
}

/**
 * Stages a CSV all of whose rows are plain, which almost all are: nothing odd in form, all by the contract. Undefined is no
 * verdict on the rows: `validateFile`, which has the rules, decides then line by line.
 */
export async function stagePlain(
  connection: DuckDBConnection,
  { plainCsv, unpacked }: RawFile,
): Promise<StagedRows | undefined> {
  if (!plainCsv) return undefined;
  const { names, delimiter } = plainCsv;
  // Names of other columns may be anything.
  const cells = names.map((name, at) => ({ name: `c${at}`, type: typeOf.get(name) }));
  const values = rowColumns.map(({ name, kind }) => {
    const cell = `c${names.indexOf(name)}`;
    return `${kind === "code" ? `upper(${cell})` : cell} as ${name}`;
  });
  try {
    await connection.run(
      `create or replace temp table staged as
       select ${values.join(", ")} from ${readCsv(unpacked, cells, { delimiter })}`,
    );
  } catch (error) {
    // A value is beyond its type's limits, or the CSV itself is odd somewhere.
    if (error instanceof Error && /^(Invalid Input|Conversion) Error/.test(error.message)) return undefined;
    throw error;
  }
  const result = await connection.runAndReadAll(`select count(*) from staged where ${beyondLimits}`);
  if (Number(result.getRows()[0]?.[0]) > 0) return undefined;
  const countryPlaceholders = await stageCountryCodes(connection);
  if (countryPlaceholders === undefined) return undefined;
  const ignored = [...ignoredIn(names)];
  return { rejected: 0, findings: { rejects: [], countryPlaceholders, ignored }, relation: withCodes };
}

const withCodes = `(
  select staged.* replace (country_codes.code as country)
  from staged left join country_codes on country_codes.name = staged.country
) as coded`;

/**
 * Stages the code of each text that the file has for a country. Returns how many rows have a placeholder for it; undefined
 * when a text is no country.
 */
async function stageCountryCodes(connection: DuckDBConnection): Promise<number | undefined> {
  const result = await connection.runAndReadAll(
    `select country, count(*) from staged where country is not null group by country limit ${maxCountries + 1}`,
  );
  const texts = result.getRows().map(([text, rows]) => ({ text: String(text), rows: Number(rows) }));
  const readings = texts.map(({ text, rows }) => ({ text, rows, reading: readCountry(text) }));
  if (texts.length > maxCountries || readings.some(({ reading }) => reading.code === undefined))
    return undefined;
  await connection.run("create or replace temp table country_codes (name varchar, code varchar)");
  const appender = await connection.createAppender("country_codes");
  let placeholders = 0;
  for (const { text, rows, reading } of readings) {
    if (!reading.code) {
      if ("isPlaceholder" in reading && reading.isPlaceholder) placeholders += rows;
      continue;
    }
    appender.appendVarchar(text);
    appender.appendVarchar(reading.code);
    appender.endRow();
  }
  appender.closeSync();
  return placeholders;
}
