import { statSync } from "node:fs";
import { isDay, tomorrow } from "@clan-platform/contract/day.ts";
import { countLine } from "@clan-platform/contract/terminal/amounts.ts";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { yesterday } from "@clan-platform/warehouse/days.ts";
import { type Generated, generateRaw } from "../../synthetic-data/generate.ts";
import { earliestEnd, type RawOptions } from "../../synthetic-data/plan.ts";
import type { ShapeName } from "../../synthetic-data/shape-names.ts";
import { realSize } from "../../synthetic-data/shapes.ts";
import { UsageError } from "../terminal/cli-error.ts";
import { onInterruption } from "../terminal/interruption.ts";
import { print, printError } from "../terminal/print.ts";
import { startProgressBar } from "../terminal/progress-bar.ts";

export interface GenerateRawOptions extends Omit<RawOptions, "out" | "rows" | "to" | "shape"> {
  out?: string;
  rows?: number;
  to?: string;
  shape: ShapeName;
}

export async function run({ out, rows, to, ...others }: GenerateRawOptions): Promise<void> {
  if (!out) throw new UsageError("--out is required: the folder for the files.");
  const usual = others.shape === "real" ? realSize : { rows: 7_300_000, to: yesterday() };
  const options = { ...others, out, rows: rows ?? usual.rows, to: lastDay(to ?? usual.to, others.days) };
  const startedAt = performance.now();
  const generated = await generate(options);
  printReport(options, generated, (performance.now() - startedAt) / 1_000);
}

function lastDay(day: string, days: number): string {
  const first = earliestEnd(days);
  if (isDay(day) && first <= day && day <= tomorrow()) return day;
  throw new UsageError(`--to must be a day from ${first} to ${tomorrow()} as YYYY-MM-DD, not ${day}.`);
}

async function generate(options: RawOptions): Promise<Generated> {
  const interruption = new AbortController();
  const bar = startProgressBar(options.rows, "  {bar} {percentage} %   {rows} rows   {eta_formatted} left", {
    rows: "0",
  });
  const onProgress = (rows: number) => bar.update(rows, { rows: rows.toLocaleString("en") });
  const generating = generateRaw(options, onProgress, interruption.signal);
  onInterruption(async () => {
    interruption.abort();
    await generating.catch(() => {});
    bar.stop();
    printError("\n  Interrupted. The files that were written are complete; the others are missing.\n");
  });
  try {
    return await generating;
  } catch (error) {
    // The interruption ends the process.
    if (interruption.signal.aborted) return await new Promise<never>(() => {});
    throw error;
  } finally {
    bar.stop();
  }
}

function printReport(
  { out, days }: RawOptions,
  { parts, rows, countries }: Generated,
  seconds: number,
): void {
  const bytes = parts.reduce((sum, path) => sum + statSync(path).size, 0);
  print(
    [
      "",
      `  ${printable(out)}`,
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
