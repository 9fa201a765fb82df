import { statSync } from "node:fs";
import { parseArgs } from "node:util";
import { firstDay, isDay, tomorrow } from "@clan-platform/contract/day.ts";
import { SingleBar } from "cli-progress";
import { addDays, yesterday } from "../synthetic-data/calendar.ts";
import { type Generated, generateRaw } from "../synthetic-data/generate.ts";
import type { RawOptions } from "../synthetic-data/plan.ts";
import { maxAge } from "../synthetic-data/retention.ts";
import { exitWith, Refusal } from "./terminal/refusal.ts";
import { countLine } from "./terminal/table-text.ts";

const usage =
  "usage: npm run generate-raw -- --out DIR [--rows 7300000] [--days 30] [--to YYYY-MM-DD] [--seed 1]";
const maxRows = 100_000_000;
const maxDays = 366;
const maxSeed = 2 ** 32 - 1;

const bar = new SingleBar({
  format: "  {bar} {percentage} %   {rows} rows   {eta_formatted} left",
  barsize: 24,
  hideCursor: true,
  clearOnComplete: true,
});
const interruption = new AbortController();

try {
  const options = readArguments();
  process.once("SIGINT", () => interruption.abort());
  bar.start(options.rows, 0, { rows: 0 });
  const startedAt = performance.now();
  const generated = await generateRaw(
    options,
    (rows) => bar.update(rows, { rows: rows.toLocaleString("en") }),
    interruption.signal,
  );
  bar.stop();
  print(options, generated, (performance.now() - startedAt) / 1_000);
} catch (error) {
  bar.stop();
  if (interruption.signal.aborted) endInterrupted();
  exitWith(error);
}

function readArguments(): RawOptions {
  try {
    const { values } = parseArgs({
      options: {
        out: { type: "string" },
        rows: { type: "string", default: "7300000" },
        days: { type: "string", default: "30" },
        to: { type: "string", default: yesterday() },
        seed: { type: "string", default: "1" },
      },
    });
    if (!values.out) throw new Error("--out is needed: the folder for the parts");
    const rows = wholeNumber("--rows", values.rows, 1, maxRows);
    const days = wholeNumber("--days", values.days, 1, maxDays);
    return {
      out: values.out,
      rows,
      days,
      to: lastDay(values.to, days),
      seed: wholeNumber("--seed", values.seed, 0, maxSeed),
    };
  } catch (error) {
    // Node's advice beyond the first line is in the usage.
    const [sentence] = (error instanceof Error ? error.message : String(error)).split("\n", 1);
    throw new Refusal(`${sentence}\n  ${usage}`);
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const number = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new Error(`${option} must be a whole number from ${least} to ${most}, not ${text}`);
}

/** The contract bounds the days, and the first installs are a year before the first day. */
function lastDay(text: string, days: number): string {
  const first = addDays(firstDay, maxAge + days - 1);
  if (isDay(text) && first <= text && text <= tomorrow()) return text;
  throw new Error(`--to must be a day from ${first} to ${tomorrow()} as YYYY-MM-DD, not ${text}`);
}

function endInterrupted(): never {
  console.error(
    "\n  Interrupted. The parts that are there are whole, and there are fewer than were asked for.\n",
  );
  process.exit(130);
}

function print({ out, days }: RawOptions, { parts, rows, countries }: Generated, seconds: number): void {
  const bytes = parts.reduce((sum, path) => sum + statSync(path).size, 0);
  console.log(
    [
      "",
      `  ${out}`,
      countLine(rows, "rows"),
      countLine(parts.length, "parts"),
      countLine(days, "days"),
      countLine(countries, "countries"),
      countLine((bytes / 1e6).toFixed(2), "MB"),
      countLine(seconds.toFixed(2), "seconds"),
      countLine(Math.round(rows / seconds), "rows/s"),
    ].join("\n"),
  );
}
