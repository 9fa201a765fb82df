import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { explainFailure } from "./failure-reason.ts";

/** PostgreSQL can't run on this folder or port; the message is one sentence with the remedy. */
export class ClusterError extends UserFacingError {
  override name = "ClusterError";
}

/** Says what failed, with the remedy that fits the output of the program or system, and its errors in parentheses. */
export function clusterFailure(what: string, output: string, cause?: unknown): ClusterError {
  const { reason, remedy } = explainFailure(output);
  return new ClusterError(`${what}${remedy ? `: ${remedy}` : ""} (${reason}).`, { cause });
}

/** `startedBy` is what to stop where npm was killed, and left it without a terminal. */
export function folderInUse(folder: string, pid: number | undefined, startedBy?: number): ClusterError {
  const process = startedBy === undefined ? "" : ` (process ${startedBy})`;
  return new ClusterError(
    `The data folder ${folder} is in use by another PostgreSQL (process ${pid}): ` +
      `stop the command that started it${process}, such as npm start, or choose another folder with DATA_DIR.`,
  );
}
