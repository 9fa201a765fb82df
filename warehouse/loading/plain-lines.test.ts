import { isUtf8 } from "node:buffer";
import { activity, csvHeader, toCsv } from "@clan-platform/scripts/testkit/activity.ts";
import fc from "fast-check";
import { expect, it } from "vitest";
import { plainLinesCheck } from "./plain-lines.ts";

const [, row = ""] = toCsv([activity()]).split("\n");
const names = csvHeader.split(",");

/** Checks a file in chunks of this many bytes. */
function arePlain(text: string, chunkBytes: number, { columns = names, delimiter = "," } = {}): boolean {
  const bytes = Buffer.from(text);
  const check = plainLinesCheck({ names: columns, delimiter });
  const starts = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, n) => n * chunkBytes);
  return starts.every((at) => check(bytes.subarray(at, at + chunkBytes)));
}

const sizes = [1, 2, 7, 100, 1_000];

it("takes plain lines wherever they are cut", () => {
  const text = `${csvHeader}\n${row}\n\n${row}\n`;
  for (const size of sizes) expect(arePlain(text, size)).toBe(true);
});

it.each([
  ["a quotation mark", row.replace("player-1", 'player"1')],
  ["a carriage return", `${row}\r`],
  ["a value too many", `${row},1`],
  ["an empty value too many", `${row},`],
  ["a value too few", row.slice(0, row.lastIndexOf(","))],
  ["an id beyond ASCII", row.replace("player-1", "é")],
  ["a count with an exponent", row.split(",").with(5, "1e2").join(",")],
  ["a day with a time", row.split(",").with(1, "2024-03-05 00:00:01").join(",")],
])("leaves %s to the contract, wherever lines are cut", (_, odd) => {
  for (const size of sizes) expect(arePlain(`${csvHeader}\n${row}\n${odd}\n${row}\n`, size)).toBe(false);
});

it.each([";", "\t"])("takes no value with the file's own delimiter %j, but with a comma", (delimiter) => {
  const columns = [...names, "note", "other"];
  const file = (note: string) =>
    [columns, [...row.split(","), note, "x"]].map((cells) => `${cells.join(delimiter)}\n`).join("");
  expect(arePlain(file("a,b"), 100, { columns, delimiter })).toBe(true);
  expect(arePlain(file(`a${delimiter}b`), 100, { columns, delimiter })).toBe(false);
});

it("takes of ignored values what is UTF-8, and nothing else", () => {
  const columns = [...names.slice(0, -1), "notes", ...names.slice(-1)];
  const check = (notes: Buffer) => {
    const at = row.lastIndexOf(",");
    const line = Buffer.concat([
      Buffer.from(`${row.slice(0, at)},`),
      notes,
      Buffer.from(`${row.slice(at)}\n`),
    ]);
    return plainLinesCheck({ names: columns, delimiter: "," })(
      Buffer.concat([Buffer.from(`${columns.join(",")}\n`), line]),
    );
  };
  const pieces = fc.oneof(
    fc.string({ unit: "binary", maxLength: 3 }).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => Buffer.from(bytes)),
    // Around the limits of the first two bytes.
    fc
      .tuple(
        fc.constantFrom(0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5),
        fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0),
        fc.integer({ min: 0, max: 3 }),
      )
      .map(([first, second, more]) => Buffer.from([first, second, ...Array(more).fill(0xbf)])),
  );
  const isOdd = (bytes: Buffer) => /[\r\n",]/.test(bytes.toString("latin1"));
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 4 }), (parts) => {
      const notes = Buffer.concat(parts);
      fc.pre(!isOdd(notes));
      expect(check(notes)).toBe(isUtf8(notes));
    }),
    { numRuns: 20_000 },
  );
});

it("leaves a header with quotation marks to the contract", () => {
  expect(arePlain(`"${names.join('","')}"\n${row}\n`, 100)).toBe(false);
});
