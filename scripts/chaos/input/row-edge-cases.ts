import { tomorrow } from "@clan-platform/contract/day.ts";
import { addDays } from "@clan-platform/warehouse/days.ts";

/** A value of a row's field at or beyond a limit. */
export interface EdgeCase {
  field: string;
  /** Its JSON text. */
  json: string;
  /** The stored value as text, or null; undefined when it is rejected. */
  stored: string | null | undefined;
  /** What is stored from a file, NDJSON or CSV, where that is more generous. */
  storedFromFile?: string;
  /** The row's other day, where the limit depends on it. */
  otherFields?: Record<string, string>;
}

const counts = [
  "total_session_count",
  "match_start_count",
  "match_end_count",
  "victory_count",
  "defeat_count",
  "server_connection_error",
];
const amounts = ["total_session_duration", "iap_revenue", "ad_revenue"];
const nines = (n: number) => "9".repeat(n);
const zeros = (n: number) => "0".repeat(n);

/** What only a file may have: blanks around a value, midnight as a day, and an amount without a zero before its point. */
const inFiles = (edges: EdgeCase[]) =>
  edges.map((edge): EdgeCase => {
    const value: unknown = edge.stored === undefined ? JSON.parse(edge.json) : undefined;
    if (typeof value !== "string" || !generous[edge.field]?.test(value)) return edge;
    return { ...edge, storedFromFile: value.trim().replace("T00:00:00Z", "").replace(/^\./, "0.") };
  });
const blanksAround = (value: string) => new RegExp(`^\\s*${value}\\s*$`);
const generous: Record<string, RegExp> = {
  ...Object.fromEntries(amounts.map((field) => [field, blanksAround("(1|\\.5)")])),
  event_date: blanksAround("2024-01-01(T00:00:00Z)?"),
  install_date: blanksAround("2024-01-01(T00:00:00Z)?"),
  user_id: /^( a|a |a\n)$/,
  platform: blanksAround("(ANDROID|IOS)"),
};

/** Valid values of a field with what is stored for them, and invalid ones. */
const edge = (field: string, valid: Record<string, string | null>, invalid: string[]): EdgeCase[] => [
  ...Object.entries(valid).map(([json, stored]) => ({ field, json, stored })),
  ...invalid.map((json) => ({ field, json, stored: undefined })),
];
const same = (values: string[]) => Object.fromEntries(values.map((value) => [value, value]));
const quoted = (values: string[]) => values.map((value) => JSON.stringify(value));
const text = (values: string[]) => Object.fromEntries(values.map((value) => [JSON.stringify(value), value]));

const notNumbers = [
  ...quoted(["", " ", "NaN", "Infinity", "-Infinity", "0x10", "1_000", "1,5"]),
  "true",
  "[]",
  "{}",
];

const countEdges = (field: string) =>
  edge(
    field,
    { ...same(["0", "1", "2147483646", "2147483647"]), "-0": "0", "1.0": "1", "1e3": "1000", "20e-1": "2" },
    [
      ...[
        "-1",
        "2147483648",
        "-2147483648",
        "4294967296",
        "9007199254740993",
        "0.5",
        "1e-1",
        "1e-400",
        "-1e-400",
      ],
      ...["1e308", "1e400", "2147483647.5", `0.${nines(20)}`, `1.${zeros(400)}1`, "null", ...notNumbers],
    ],
  );

const amountEdges = (field: string) =>
  edge(
    field,
    {
      ...same(["0", "0.0", "0.1", "1", "1.50", "1e14", "12e-1", "1E+2", "1e-38", "0.1e-37"]),
      ...same([
        `${nines(15)}.${nines(38)}`,
        `0.${zeros(37)}1`,
        nines(15),
        "0.30000000000000004",
        "4.35",
        "2.675",
      ]),
      ...same([
        "123456789012345.12345678901234567890123456789012345678",
        "8388608.125",
        "0.1234567890123456",
      ]),
      ...text(["0", "1.50", `${nines(15)}.${nines(38)}`, "1e14", "1e-38", "000000000000000000001.5"]),
      "-0": "0",
      "-0.0": "0",
    },
    [
      ...[
        "-1",
        "-0.01",
        "-1e-38",
        "-1e-400",
        "1e15",
        `1${zeros(15)}`,
        nines(16),
        `${nines(16)}.5`,
        "1e308",
        "-1e308",
      ],
      ...[
        "1e400",
        "1e-39",
        "1e-400",
        "0.1e-38",
        `0.${zeros(38)}1`,
        `1.${nines(39)}`,
        `${nines(15)}.${nines(39)}`,
      ],
      ...[
        "null",
        ...notNumbers,
        ...quoted(["-1", "1e15", "1e-39", nines(16), `0.${zeros(38)}1`, "+1", ".5", "5."]),
      ],
      ...quoted([" 1", "1 ", "1e", "1e99999", "٣", "１", "1\n", "inf", "nan", "1e-99999"]),
    ],
  );

const days = ["2015-01-01", "2015-12-31", "2016-02-29", "2024-02-29"];
const invalidDays = [
  ...[
    "2015-02-30",
    "2015-02-29",
    "2023-02-29",
    "2100-02-29",
    "2024-04-31",
    "2024-13-01",
    "2024-00-10",
    "2024-01-00",
  ],
  ...[
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "+02024-01-01",
    "-2024-01-01",
    "24-01-01",
    "2024-1-1",
  ],
  ...[
    "20240101",
    "2024-01-01T00:00:00Z",
    "2024-01-01+14:00",
    "2024-01-01 ",
    " 2024-01-01",
    "2024-01-01\n",
    "",
    "now",
  ],
  ...[
    "today",
    "tomorrow",
    "epoch",
    "infinity",
    "-infinity",
    "2024-W01-1",
    "２０２４-01-01",
    "2014-12-31",
    "2000-02-29",
  ],
];

/** All edge cases: each is the only one in its row. */
export function rowEdgeCases(): EdgeCase[] {
  const dayAfter = addDays(tomorrow(), 1);
  const allowed = [...days, tomorrow()];
  const invalidDayTexts = quoted([...invalidDays, dayAfter]);
  const notTexts = ["null", "0", "true", "20240101", "[]", '["2024-01-01"]', "{}"];
  const day = (field: string, otherFields: Record<string, string>) =>
    edge(field, text(allowed), [...invalidDayTexts, ...notTexts]).map((each) => ({ ...each, otherFields }));
  const long = (n: number) => "😀".repeat(n);
  const id = "ab\u0301\u{1f468}\u200d\u{1f469}";
  return inFiles([
    ...counts.flatMap(countEdges),
    ...amounts.flatMap(amountEdges),
    ...day("event_date", { install_date: "2015-01-01" }),
    ...day("install_date", { event_date: tomorrow() }),
    {
      field: "install_date",
      json: '"2024-03-05"',
      stored: "2024-03-05",
      otherFields: { event_date: "2024-03-05" },
    },
    {
      field: "install_date",
      json: '"2024-03-06"',
      stored: undefined,
      otherFields: { event_date: "2024-03-05" },
    },
    ...edge(
      "user_id",
      text(["a", "x".repeat(128), long(128), `${long(127)}x`, id, "...", "__proto__", "0", "null"]),
      [
        ...quoted([
          "",
          " ",
          "x".repeat(129),
          long(129),
          `${long(128)}x`,
          ".",
          "..",
          " a",
          "a ",
          "a\u3000",
          "\ufeffa",
        ]),
        ...quoted(["a\0b", "a\tb", "a\u007f", "a\u0085", "a\n"]),
        ...['"\\ud800"', '"a\\udc00"', "null", "1", "[]"],
      ],
    ),
    ...edge(
      "platform",
      {
        ...{ '"ANDROID"': "ANDROID", '"IOS"': "IOS", '"android"': "ANDROID", '"iOs"': "IOS" },
        ...{ '"ıos"': "IOS", '"İOS"': "IOS" },
      },
      [...quoted(["", "ANDROID ", "IOS\n", "WINDOWS", "ANDROIDIOS"]), "null", "1", "[]"],
    ),
    ...edge(
      "country",
      {
        ...{ '"TR"': "TR", '"tr"': "TR", '"TUR"': "TR", '"Türkiye"': "TR", '"ſs"': "SS" },
        ...{ '" TR"': "TR", '"TR "': "TR", '"TR\\n"': "TR" },
        ...{ '""': null, null: null, '"ZZ"': null, '"NULL"': null, '"Unknown"': null },
      },
      [...quoted(["T", "T1", "ÇA", "XX1", "Atlantis", "\0\0"]), "0", "false", "[]"],
    ),
  ]);
}
