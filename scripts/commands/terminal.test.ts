import { printable, printableLines } from "@clan-platform/contract/terminal/printable.ts";
import stringWidth from "string-width";
import { afterEach, describe, expect, it } from "vitest";
import { red } from "./terminal/color.ts";
import { tableText } from "./terminal/table.ts";

const { columns } = process.stdout;
const { env } = process;

function setWidth(width: number | undefined): void {
  Object.defineProperty(process.stdout, "columns", { value: width, configurable: true });
}

afterEach(() => {
  setWidth(columns);
  process.env = env;
});

const rows = [
  ["", "claim", "count"],
  [
    "ok",
    "every day, country and platform of the raw table has exactly one row in daily_metrics",
    "1,234,567",
  ],
  ["FAILED", "short", "8"],
];

describe("a table", () => {
  it.each([undefined, 80, 60, 40])("fits %j columns, with its words and numbers whole", (width) => {
    setWidth(width);
    const text = tableText(rows, { from: 2 });
    for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(width ?? 80);
    for (const word of rows.flat().flatMap((cell) => cell.split(" "))) expect(text).toContain(word);
  });

  it("is not wider than it has to be, and aligns numbers to the right", () => {
    setWidth(120);
    expect(
      tableText(
        [
          ["a", "b"],
          ["long", "1"],
          ["x", "1,000"],
        ],
        { from: 1 },
      ),
    ).toBe(["  a          b", "  long       1", "  x      1,000"].join("\n"));
  });

  it("narrows its gaps before a number would not fit, and overflows rather than cut a word", () => {
    setWidth(20);
    const numbers = ["1,234", "5,678", "9,012"];
    expect(tableText([numbers], { from: 0 })).toBe(`  ${numbers.join(" ")}`);
    expect(tableText([["averyveryverylongword", "1"]], { from: 1 })).toContain("averyveryverylongword");
  });

  it("counts the columns of colours and wide characters as the terminal does", () => {
    setWidth(80);
    const text = tableText(
      [
        ["\u001b[31mFAILED\u001b[39m", "1"],
        ["龍の爪", "2"],
      ],
      { from: 1 },
    );
    expect(text.split("\n").map((line) => stringWidth(line))).toEqual([12, 12]);
  });
});

describe("text from elsewhere", () => {
  it.each([
    ["\u001b[31mred", "\\x1b[31mred"],
    ["a\u202eb\u2066", "a\\u202eb\\u2066"],
    ["a\r\nb\u0000\u0085\u2028", "a\\r\\nb\\x00\\x85\\u2028"],
    ["\ud800\u{e0041}", "\\ud800\\u{e0041}"],
    ["tab\tand Türkiye, 龍の爪, 👨‍👩‍👧", "tab\tand Türkiye, 龍の爪, 👨‍👩‍👧"],
  ])("%j is shown as %j", (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("may have several lines where they are ours", () => {
    expect(printableLines("one\ntwo\u0007")).toBe("one\ntwo\\x07");
  });
});

it("is coloured with FORCE_COLOR, and not with NO_COLOR", () => {
  process.env = { ...env, FORCE_COLOR: "1", NO_COLOR: undefined };
  delete process.env.NO_COLOR;
  expect(red("FAILED")).toBe("\u001b[31mFAILED\u001b[39m");
  process.env = { ...env, NO_COLOR: "1" };
  delete process.env.FORCE_COLOR;
  expect(red("FAILED")).toBe("FAILED");
});
