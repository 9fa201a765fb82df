import type { EdgeCase } from "./row-edge-cases.ts";

// As exports write them: with blanks around values, a day as its midnight, and an id as a number.
const inFiles: [fields: RegExp, values: Record<string, string>][] = [
  [/_revenue$|_duration$/, { '" 1"': "1", '"1 "': "1", [JSON.stringify("1\n")]: "1" }],
  [
    /_date$/,
    Object.fromEntries(
      ["2024-01-01T00:00:00Z", "2024-01-01 ", " 2024-01-01", "2024-01-01\n"].map((day) => [
        JSON.stringify(day),
        "2024-01-01",
      ]),
    ),
  ],
  [/^user_id$/, { '" a"': "a", '"a "': "a", [JSON.stringify("a\n")]: "a", 1: "1" }],
  [/^platform$/, { '"ANDROID "': "ANDROID", [JSON.stringify("IOS\n")]: "IOS" }],
];

/** The edge case in an import, which also takes what only files have. */
export function inFile(edge: EdgeCase): EdgeCase {
  const values = inFiles.find(([fields]) => fields.test(edge.field))?.[1] ?? {};
  return edge.stored === undefined && edge.json in values ? { ...edge, stored: values[edge.json] } : edge;
}
