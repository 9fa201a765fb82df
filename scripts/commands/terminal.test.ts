import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { printable, printableLines } from "@clan-platform/contract/terminal/printable.ts";
import stringWidth from "string-width";
import { afterEach, describe, expect, it, vi } from "vitest";
import { red } from "./terminal/color.ts";
import { startProgressBar } from "./terminal/progress-bar.ts";
import { tableText } from "./terminal/table.ts";
import { fitted, paragraph } from "./terminal/wrap.ts";

const { columns } = process.stdout;
const { isTTY } = process.stderr;
const { env } = process;

function setWidth(width: number | undefined): void {
  Object.defineProperty(process.stdout, "columns", { value: width, configurable: true });
}

afterEach(() => {
  setWidth(columns);
  process.stderr.isTTY = isTTY;
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

describe("a line", () => {
  const words =
    "migrated to version 8: roles-and-extensions, clans, idempotency-keys, user-activity, viewers";

  it.each([
    [undefined, {}, 80],
    [undefined, { COLUMNS: "120" }, 120],
    [100, { COLUMNS: "120" }, 100],
    [40, {}, 40],
    [0, {}, 80],
  ])("fits a terminal of %j columns, with %o", (width, environment, fits) => {
    setWidth(width);
    process.env = { ...env, COLUMNS: undefined, ...environment };
    if (!("COLUMNS" in environment)) delete process.env.COLUMNS;
    for (const text of [
      paragraph("  Schema       ", words),
      paragraph("  Schema       ", words, "  "),
      fitted(`\n    ${words}\n\n  ${words} 龍の爪 ${words}`),
    ]) {
      for (const line of text.split("\n")) expect(stringWidth(line), line).toBeLessThanOrEqual(fits);
      expect(text.replace(/\s+/g, " ")).toContain(words);
    }
  });

  it("is wrapped below its indentation, and left whole when it is a command or one long word", () => {
    setWidth(30);
    expect(fitted("    one two three four five six seven")).toBe(
      "    one two three four five\n    six seven",
    );
    const command = "  npm run generate-raw -- --out 'my parts' --rows 5";
    const url = "  postgres://postgres:0123456789abcdef@127.0.0.1:54320/clan";
    expect([fitted(command), fitted(url)]).toEqual([command, url]);
    expect(fitted("  gcloud sql instances list failed: no account.")).toBe(
      "  gcloud sql instances list\n  failed: no account.",
    );
  });
});

describe("a progress bar", () => {
  const shown = (what: string): string[] => {
    const lines: string[] = [];
    const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
    const bar = startProgressBar(10, "  {bar} {percentage} %   {what}", { what });
    bar.update(5, { what });
    bar.show({ what });
    bar.stop();
    spy.mockRestore();
    return lines;
  };

  it.each([
    ["a pipe", false, {}],
    ["a dumb terminal", true, { TERM: "dumb" }],
    ["a job of continuous integration", true, { CI: "true" }],
  ])("is not shown on %s, where the cursor can't be moved", (_, isTerminal, environment) => {
    process.stderr.isTTY = isTerminal;
    process.env = { ...env, CI: "", TERM: "xterm", ...environment };
    expect(shown("loading a.csv")).toEqual([]);
  });

  it("takes one line of the terminal, whatever it shows", () => {
    process.stderr.isTTY = true;
    process.env = { ...env, CI: "", TERM: "xterm" };
    setWidth(60);
    const bars = shown(`loading ${"龍の爪".repeat(20)}.csv`).filter((text) => text.includes(" %   "));
    expect(bars.length).toBeGreaterThan(0);
    for (const bar of bars) {
      expect(stringWidth(bar)).toBeLessThanOrEqual(60);
      expect(bar).toMatch(/ % {3}loading 龍の爪.*…$/);
    }
  });
});

it("everything that commands print goes through the functions that make it fit the terminal", () => {
  const folders = ["commands", "local"].map((name) => fileURLToPath(new URL(`../${name}`, import.meta.url)));
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  const own = files.filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const printing = own.filter((name) => /\bconsole\.|stdout\.write/.test(readFileSync(name, "utf8")));
  expect(printing.map((name) => basename(name)).sort()).toEqual(["print.ts", "report-and-exit.ts"]);
});
