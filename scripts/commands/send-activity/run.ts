import { randomUUID } from "node:crypto";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { passedOverText } from "../terminal/file-warnings.ts";
import { onInterruption } from "../terminal/interruption.ts";
import { canShowProgress, startProgressBar } from "../terminal/progress-bar.ts";
import { openActivityFile } from "./activity-file.ts";
import { type FileReport, reportText, startReport } from "./file-report.ts";
import { acknowledgedRows, sendFile, standing } from "./send-file.ts";

export interface SendActivityOptions {
  url?: string;
  key?: string;
}

const progressFormat = "  {bar} {percentage} %   {rows} rows   {file}   {note}";

/** Sends one file after another. What was acknowledged stays, and is reported however this ends. */
export async function run(paths: string[], { url, key }: SendActivityOptions): Promise<void> {
  const found = findRawFiles(paths);
  const files = await Promise.all(found.paths.map(openActivityFile));
  for (const line of passedOverText(found.passedOver)) console.log(line);
  const reports: FileReport[] = [];
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const bar = startProgressBar(totalBytes, progressFormat, { rows: "0", file: "", note: "" });
  onInterruption(() => {
    bar.stop();
    printStarted(reports);
    console.error(`\n  Interrupted. ${standing(reports)}.\n`);
  });
  const service = { url: url ?? `http://localhost:${process.env.PORT || 8080}`, key: key || undefined };
  const runId = randomUUID();
  try {
    let bytesBefore = 0;
    for (const file of files) {
      const start = bytesBefore;
      reports.push(startReport(file.path));
      await sendFile(file, `${runId}-${reports.length - 1}`, service, reports, {
        onPiece: (position) =>
          bar.update(start + position, {
            rows: acknowledgedRows(reports).toLocaleString("en"),
            file: file.path,
            note: "",
          }),
        onWait: (why) => (canShowProgress() ? bar.show({ note: why }) : console.error(`  ${why}`)),
      });
      bytesBefore += file.size;
    }
  } catch (error) {
    bar.stop();
    printStarted(reports);
    throw error;
  }
  bar.stop();
  for (const report of reports) console.log(reportText(report));
  if (reports.some(({ sums }) => sums.rejected > 0)) process.exitCode = exitCode.rowsRejected;
}

/** The reports of files of which something was sent. */
function printStarted(reports: FileReport[]): void {
  for (const report of reports) if (report.sums.received > 0) console.log(reportText(report));
}
