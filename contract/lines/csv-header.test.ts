import { expect, it } from "vitest";
import { csvHeader } from "../csv-text.ts";
import { readCsvHeader } from "./csv-header.ts";

const unseparated =
  /separated by commas, semicolons or tabs: it is ".*", with another separator, or an open quotation mark;/s;

it.each([
  ["bars, as Redshift unloads by default", csvHeader.replaceAll(",", "|"), unseparated],
  ["U+0001, as Hive writes", csvHeader.toUpperCase().replaceAll(",", "\u0001"), unseparated],
  ["a name that goes on in the next line", `${csvHeader},"no`, unseparated],
  ["lines that end with carriage returns alone", `${csvHeader}\rplayer-1,`, /end them with line feeds;/],
  [
    "NDJSON",
    JSON.stringify({ user_id: "player-1" }),
    /an object of JSON, which is sent as application\/x-ndjson;/,
  ],
  ["the name of the table above it", "Table 1", /"Table 1" and must name .*: it names none of them/],
])("says what is wrong with a header of %s", (_, header, message) => {
  expect(() => readCsvHeader(header)).toThrow(message);
});
