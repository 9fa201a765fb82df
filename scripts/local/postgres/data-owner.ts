import { statSync } from "node:fs";
import { ClusterError } from "./cluster-error.ts";
import { serverUid } from "./server-user.ts";

/**
 * PostgreSQL runs only on data of its own user, and nobody else can read it.
 * @throws {ClusterError} when a data folder belongs to another user
 */
export function requireOwner(data: string): void {
  const owner = statSync(data, { throwIfNoEntry: false })?.uid;
  const uid = serverUid();
  if (owner === undefined || uid === undefined || owner === uid) return;
  const remedy =
    "run `npm start` as the user who ran it before (with sudo, if that was root), or choose another folder with DATA_DIR";
  throw new ClusterError(
    `The data folder ${data} belongs to another user (id ${owner}; PostgreSQL would run as ${uid}): ${remedy}.`,
  );
}
