import { CliError } from "../terminal/cli-error.ts";
import type { ActivityFile } from "./activity-file.ts";
import { deliver, type Service } from "./delivery.ts";
import { addPiece, type FileReport } from "./file-report.ts";
import { readPieces } from "./pieces.ts";

interface Progress {
  /** A piece was acknowledged, which ends at this byte of the file. */
  onPiece(position: number): void;
  onWait(why: string, waitMs: number): void;
}

/**
 * Sends a file piece by piece, so that the last row of a key counts; the next piece is read meanwhile. Adds to the last
 * of `reports`.
 * @throws {CliError} with the place, and what was acknowledged in all of `reports`
 */
export async function sendFile(
  file: ActivityFile,
  name: string,
  service: Service,
  reports: FileReport[],
  { onPiece, onWait }: Progress,
): Promise<void> {
  const pieces = readPieces(file);
  let next = pieces.next();
  for (let number = 1; ; number++) {
    const { done, value: piece } = await next.catch(withStanding(file.path, reports));
    if (done) return;
    next = pieces.next();
    // Its failure is reported when its turn comes.
    next.catch(() => {});
    const delivery = {
      body: piece.body,
      mediaType: file.format.hasHeader ? ("text/csv" as const) : ("application/x-ndjson" as const),
      idempotencyKey: `${name}-${number}`,
    };
    const lines = `${file.path}, lines ${piece.firstLine.inFile} to ${piece.lastLine}`;
    const report = await deliver(service, delivery, onWait).catch(withStanding(lines, reports));
    addPiece(reports.at(-1) as FileReport, report, piece);
    onPiece(piece.position);
  }
}

/** Rows that the service has; those that it rejected are reported, and not among them. */
export const acknowledgedRows = (reports: FileReport[]) =>
  reports.reduce((sum, { sums }) => sum + sums.received - sums.rejected, 0);

export const standing = (reports: FileReport[]) =>
  `${acknowledgedRows(reports).toLocaleString("en")} rows are acknowledged and stay; run it again, and nothing is counted twice`;

function withStanding(place: string, reports: FileReport[]): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(`${place}: ${error.message.replace(/\.$/, "")}. ${standing(reports)}.`, {
      cause: error,
    });
  };
}
