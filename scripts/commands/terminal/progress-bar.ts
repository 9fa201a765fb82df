import { printable } from "@clan-platform/contract/terminal/printable.ts";
import progress, { type GenericFormatter } from "cli-progress";
import { cut, terminalWidth } from "./wrap.ts";

export interface ProgressBar {
  /** Shows a value, with texts for the placeholders of the format. */
  update(value: number, texts?: Record<string, string>): void;
  /** Shows other texts, and the same value. */
  show(texts: Record<string, string>): void;
  /** Clears the bar; it may be called more than once. */
  stop(): void;
}

/**
 * Starts a progress bar on stderr, such as `"  {bar} {percentage} %   {rows} rows"`; `texts` are the placeholders at
 * first. Shows nothing where stderr is no terminal, or one that can't move its cursor.
 */
export function startProgressBar(total: number, format: string, texts: Record<string, string>): ProgressBar {
  if (!canShowProgress()) return { update() {}, show() {}, stop() {} };
  const bar = new progress.SingleBar({
    format: fitting(format),
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 4,
  });
  bar.start(total, 0, texts);
  // Shows the cursor again, however the process ends.
  const stop = () => bar.stop();
  process.once("exit", stop);
  return {
    show: (texts) => bar.update(mapValues(texts, printable)),
    update: (value, texts = {}) => bar.update(value, mapValues(texts, printable)),
    stop() {
      process.off("exit", stop);
      bar.stop();
    },
  };
}

/** Whether the cursor of stderr may be moved: on a terminal, but not a dumb one or the recorded one of a CI job. */
export const canShowProgress = () =>
  process.stderr.isTTY === true && process.env.TERM !== "dumb" && !isContinuousIntegration();

const isContinuousIntegration = () => !["", "0", "false", undefined].includes(process.env.CI);

/** A bar that takes more than a line would move down the terminal with each update. */
const fitting =
  (format: string): GenericFormatter =>
  (options, params, payload) =>
    cut(progress.Format.Formatter({ ...options, format }, params, payload), terminalWidth());

const mapValues = (texts: Record<string, string>, map: (text: string) => string) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, map(text)]));
