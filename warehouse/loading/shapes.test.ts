import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { activity, csvHeader, toCsv, toNdjson } from "@clan-platform/scripts/testkit/activity.ts";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it, onTestFinished } from "vitest";
import { openDuckdb } from "../engines/duckdb/duckdb.ts";
import { fullName, rawTable } from "../tables/table.ts";
import { loadRawFiles } from "./load-raw-files.ts";

type Cells = Record<string, string | number>;

const names = csvHeader.split(",");
const countries = ["TR", "CI", "MM", "BA", "FK", "NA"];
// What a studio's export has for these.
const english = [
  "Türkiye",
  "Côte d’Ivoire",
  "Myanmar (Burma)",
  "Bosnia & Herzegovina",
  "Falkland Islands (Islas Malvinas)",
  "Namibia",
];
const alpha3 = ["tur", "civ", "mmr", "bih", "flk", "nam"];
const rows: Cells[] = Array.from({ length: 200 }, (_, n) => ({
  ...activity(),
  user_id: `player-${n}`,
  platform: n % 3 === 0 ? "IOS" : "ANDROID",
  country: n % 50 === 7 ? "" : (countries[n % countries.length] ?? ""),
  total_session_duration: n % 9 === 0 ? "0.000015" : `${n}.123456789`,
}));

const changed = (change: (row: Cells, n: number) => Cells) =>
  rows.map((row, n) => ({ ...row, ...change(row, n) }));
const named = changed((row, n) => ({
  platform: String(row.platform).toLowerCase(),
  country: row.country === "" ? "" : (english[n % english.length] ?? ""),
  // A double in Python's, Java's or BigQuery's notation.
  total_session_duration: n % 9 === 0 ? "1.5e-05" : `${n}.12345678901234567`,
}));
const csv = (rows: Cells[], { delimiter = ",", columns = names, quote = "" } = {}) =>
  [columns, ...rows.map((row) => columns.map((name) => row[name]))]
    .map((cells) => cells.map((cell) => `${quote}${cell}${quote}`).join(delimiter))
    .map((line) => `${line}\n`)
    .join("");

const inCapitals = (row: Cells) =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value]));

const shapes: [why: string, content: string | Buffer, file?: string][] = [
  ["the contract's own", csv(rows)],
  ["a studio's export: English names, lower case, 17 digits, exponents", csv(named)],
  ["packed", gzipSync(csv(named)), "part.csv.gz"],
  ["unpacked by a download that kept its name", csv(named), "part.csv.gz"],
  ["packed, under the name of a plain file", gzipSync(csv(named)), "part.csv"],
  [
    "codes of three letters",
    csv(changed((row, n) => ({ country: row.country === "" ? "" : (alpha3[n % 6] ?? "") }))),
  ],
  ["columns in the order of a SELECT by hand", csv(named, { columns: names.toReversed() })],
  [
    "one more column",
    csv(
      changed(() => ({ app_version: "1.2" })),
      { columns: ["app_version", ...names] },
    ),
  ],
  [
    "a table of 6,000 columns",
    csv(rows, {
      columns: [...names, ...Array.from({ length: 6_000 }, (_, n) => `c${n}`)],
    }).replaceAll("undefined", ""),
  ],
  [
    "the index column of a data frame",
    csv(
      changed((_, n) => ({ "": n })),
      { columns: ["", ...names] },
    ),
  ],
  ["saved again by a spreadsheet", `\ufeff${csv(rows).replaceAll("\n", "\r\n")}`],
  ["a byte order mark alone", `\ufeff${csv(named)}`],
  ["a header in quotation marks", csv(rows).replace(csvHeader, `"${names.join('","')}"`)],
  ["every value in quotation marks", csv(named, { quote: '"' })],
  ["semicolons, as where the decimal point is a comma", csv(named, { delimiter: ";" })],
  ["semicolons, announced as Excel wants it", `sep=;\n${csv(named, { delimiter: ";" })}`],
  ["the same, saved with a byte order mark and CRLF", `\ufeffsep=,\r\n${csv(rows).replaceAll("\n", "\r\n")}`],
  ["tabs, announced", `"sep=\t"\n\n${csv(rows, { delimiter: "\t" })}`],
  ["lines of blanks and marks above the header", ` \t\r\n\ufeff\n\n \ufeff${csv(named)}`],
  [
    "the same above and below an announced delimiter",
    ` \t\n sep=; \n\t\n${csv(named, { delimiter: ";", quote: '"' })}`,
  ],
  ["a mark and a quotation mark below a blank line", `\n\ufeff${csv(named, { quote: '"' })}`],
  ["tabs", csv(named, { delimiter: "\t" }), "part.tsv"],
  ["blanks around values", csv(rows, { delimiter: " , " })],
  [
    "days as a data frame writes them",
    csv(
      changed((row) => ({
        event_date: `${row.event_date} 00:00:00`,
        install_date: `${row.install_date}T00:00:00Z`,
      })),
    ),
  ],
  [
    "counts as a data frame writes them",
    csv(changed((row) => ({ match_start_count: `${row.match_start_count}.0` }))),
  ],
  [
    "amounts without a zero before the point, as databases print them",
    csv(
      changed((row) => ({
        total_session_duration: String(row.total_session_duration).replace(/^0(?=\.)/, ""),
      })),
    ),
  ],
  ["blank lines", csv(rows).replaceAll("\nplayer", "\n\nplayer")],
  [
    "a Turkish locale's lower case",
    csv(changed((row) => ({ platform: String(row.platform).toLocaleLowerCase("tr") }))),
  ],
  [
    "NDJSON",
    toNdjson(named as never)
      .trimEnd()
      .concat("\n"),
    "part.ndjson",
  ],
  ["NDJSON by Snowflake, with names in capitals", toNdjson(named.map(inCapitals) as never), "part.json"],
  [
    "NDJSON by bq extract, with whole numbers as texts",
    changed((row) => ({ total_session_count: String(row.total_session_count), other: "x" }))
      .map((row) => `${JSON.stringify(row)}\n`)
      .join(""),
    "part.json",
  ],
];

async function start() {
  const folder = await temporaryFolder();
  const warehouse = await openDuckdb(":memory:");
  onTestFinished(() => warehouse.close());
  await warehouse.createTables();
  const load = async (content: string | Buffer, name = "part.csv") => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return loadRawFiles(warehouse, [path], folder);
  };
  const stored = () => warehouse.query(`select * from ${fullName(rawTable)} order by user_id`);
  return { warehouse, load, stored };
}

it.each(shapes)("loads all rows of %s", async (_, content, name) => {
  const reference = await start();
  await reference.load(toCsv(rows as never));
  const { load, stored } = await start();
  expect(await load(content, name)).toMatchObject([{ read: 200, loaded: 200, rejected: 0 }]);
  const expected = await reference.stored();
  // Beyond nine decimal places, amounts are rounded.
  const rounded = (rows: Awaited<ReturnType<typeof stored>>) =>
    rows.map((row) => ({ ...row, total_session_duration: Number(row.total_session_duration).toFixed(8) }));
  expect(rounded(await stored())).toEqual(rounded(expected));
  expect(await load(content, name)).toMatchObject([{ wasLoaded: true }]);
});

it("names columns that it left out, and counts placeholders for a country, also read line by line", async () => {
  const placeholders = changed((row, n) => ({
    country: n < 5 ? (["NULL", "nan", "\\N", "(not set)", "ZZ"][n] ?? "") : (row.country ?? ""),
    extra: "x",
  }));
  const plain = csv(placeholders, { columns: [...names, "extra"] });
  for (const content of [plain, plain.replaceAll("\n", "\r\n")]) {
    const { load } = await start();
    expect(await load(content)).toMatchObject([
      { loaded: 200, findings: { countryPlaceholders: 5, ignored: ["extra"] } },
    ]);
  }
});

it("groups rejected lines by reason, the most frequent first, each with the first of them", async () => {
  const { load } = await start();
  const odd = changed((row, n) => ({
    country: n < 20 ? (n % 2 === 0 ? "Turkye" : "Atlantis") : (row.country ?? ""),
    platform: n === 30 ? "WEB" : (row.platform ?? ""),
  }));
  const [report] = await load(csv(odd));
  expect(report).toMatchObject({ read: 200, loaded: 179, rejected: 21 });
  expect(report?.findings?.rejects).toMatchObject([
    {
      field: "country",
      count: 20,
      example: { line: 2, message: expect.stringContaining("the nearest is Türkiye") },
    },
    { field: "platform", count: 1, example: { line: 32, message: "must be ANDROID or IOS" } },
  ]);
});
