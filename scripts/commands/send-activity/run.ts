import { randomUUID } from "node:crypto";
import { basename } from "node:path";
import { isBlockedPort } from "@clan-platform/contract/blocked-ports.ts";
import { localHost } from "@clan-platform/contract/local-host.ts";
import { findRawFiles } from "@clan-platform/warehouse/loading/find-raw-files.ts";
import { UsageError } from "../terminal/cli-error.ts";
import { exitCode } from "../terminal/exit-codes.ts";
import { passedOverText } from "../terminal/file-warnings.ts";
import { onInterruption } from "../terminal/interruption.ts";
import { print, printError } from "../terminal/print.ts";
import { canShowProgress, startProgressBar } from "../terminal/progress-bar.ts";
import { openActivityFile } from "./activity-file.ts";
import type { Service } from "./delivery.ts";
import { type FileReport, reportText, startReport } from "./file-report.ts";
import { acknowledgedRows, sendFile, standing } from "./send-file.ts";

export interface SendActivityOptions {
  url?: string;
  key?: string;
}

const progressFormat = "  {bar} {percentage} %   {rows} rows   {what}";

/** Sends one file after another. What was acknowledged stays, and is reported however this ends. */
export async function run(paths: string[], { url, key }: SendActivityOptions): Promise<void> {
  const service = serviceAt(url ?? `http://${await localHost()}:${process.env.PORT || 8080}`, key);
  const found = findRawFiles(paths);
  const files = await Promise.all(found.paths.map(openActivityFile));
  for (const line of passedOverText(found.passedOver)) print(line);
  const reports: FileReport[] = [];
  const totalBytes = files.reduce((sum, { size }) => sum + size, 0);
  const bar = startProgressBar(totalBytes, progressFormat, { rows: "0", what: "" });
  onInterruption(() => {
    bar.stop();
    printStarted(reports);
    printError(`\n  Interrupted. ${standing(reports)}.\n`);
  });
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
            what: basename(file.path),
          }),
        onWait: (why, waitMs) => {
          const { seconds, until } = waitTexts(waitMs);
          if (canShowProgress()) bar.show({ what: `retrying at ${until}: ${why}` });
          else printError(`  ${why}; retrying in ${seconds} s, at ${until}`);
        },
      });
      bytesBefore += file.size;
    }
  } catch (error) {
    bar.stop();
    printStarted(reports);
    throw error;
  }
  bar.stop();
  for (const report of reports) print(reportText(report));
  if (reports.some(({ sums }) => sums.rejected > 0)) process.exitCode = exitCode.rowsRejected;
}

function waitTexts(waitMs: number) {
  const until = new Date(Date.now() + waitMs).toTimeString().slice(0, 8);
  return { seconds: Math.max(1, Math.round(waitMs / 1_000)), until };
}

/** @throws {UsageError} for a port that `fetch` never connects to, however often it is tried */
function serviceAt(url: string, key: string | undefined): Service {
  const { port } = new URL(url);
  if (port === "" || !isBlockedPort(Number(port))) return { url, key: key || undefined };
  throw new UsageError(
    `${url} can't be reached: fetch and browsers refuse to connect to port ${port}; let the service listen at another one.`,
  );
}

/** The reports of files of which something was sent. */
function printStarted(reports: FileReport[]): void {
  for (const report of reports) if (report.sums.received > 0) print(reportText(report));
}
