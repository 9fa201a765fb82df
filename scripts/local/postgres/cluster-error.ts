import { UserFacingError } from "@clan-platform/contract/errors.ts";

/** PostgreSQL can't run on this folder or port; the message is one sentence with the remedy. */
export class ClusterError extends UserFacingError {
  override name = "ClusterError";
}

export function folderInUse(folder: string, pid: number | undefined): ClusterError {
  return new ClusterError(
    `The data folder ${folder} is in use by another PostgreSQL (process ${pid}): ` +
      "stop that `npm start`, or choose another folder with DATA_DIR.",
  );
}
