import { writeFileSync } from "node:fs";
import { constants, setPriority } from "node:os";

const priority = constants.priority.PRIORITY_BELOW_NORMAL;

/**
 * Gives this process, and the backend that works for it in a PostgreSQL of this machine, less of the processors than the fill of the
 * warehouse and the API. Where that isn't possible, they go on as they are.
 */
export function letOthersGoFirst(backendPid: number): void {
  attempt(() => setPriority(priority));
  attempt(() => setPriority(backendPid, priority));
  // Linux shares the processors among sessions first, and each backend is a session of its own (sched(7), "The autogroup feature").
  if (process.platform === "linux")
    attempt(() => writeFileSync(`/proc/${backendPid}/autogroup`, `${priority}`));
}

function attempt(lower: () => void): void {
  try {
    lower();
  } catch {
    // Without autogroups, or not permitted.
  }
}
