import { parse } from "csv-parse/sync";
import { expect, it } from "vitest";
import { csvText } from "./csv.ts";

it("writes CSV that a parser reads back unchanged", () => {
  const rows = [
    ["country", "figure"],
    ['a "quoted" one, with a comma', "1.5"],
    ["two\nlines", "-3"],
    ["hardly any", "-1.5e-7"],
    ["Côte d’Ivoire", ""],
  ];
  expect(parse(csvText(rows))).toEqual(rows);
  expect(csvText(rows)).toMatch(/^country,figure\r\n/);
});

it.each(["=1+1", "+1", "@sum", "-x", "\tx"])("prevents a spreadsheet from running %j", (text) => {
  expect(parse(csvText([[text]]))).toEqual([[`'${text}`]]);
});
