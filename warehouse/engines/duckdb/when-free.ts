import { setTimeout as delay } from "node:timers/promises";
import { WarehouseBusy, WarehouseError } from "../../warehouse.ts";

export interface WaitOptions {
  /** Called while another process holds the file, with its id when that is known. */
  onWait?: (pid: number | undefined) => void;
  /** How long to wait for it, in milliseconds; the default is ten minutes. */
  patienceMs?: number;
}

const defaultPatienceMs = 10 * 60_000;

/**
 * Opens a DuckDB file by `open`, again and again while another process holds it.
 * @throws {WarehouseError} when it is not a DuckDB file
 * @throws {WarehouseBusy} when it stays locked
 */
export async function whenFree<T>(path: string, open: () => Promise<T>, options: WaitOptions): Promise<T> {
  const { onWait, patienceMs = defaultPatienceMs } = options;
  const startedAt = performance.now();
  for (let attempt = 0; ; attempt++) {
    try {
      return await open();
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (!isLocked(message)) throw notAWarehouse(path, message, cause);
      const pid = Number(/\(PID (\d+)/.exec(message)?.[1]) || undefined;
      if (performance.now() - startedAt > patienceMs) throw stillLocked(path, pid, patienceMs, cause);
      if (attempt === 3) onWait?.(pid);
      await delay(Math.min(500, 50 * (attempt + 1)));
    }
  }
}

/** The messages of DuckDB on Linux and macOS, of this process itself, and of Windows. */
const isLocked = (message: string) =>
  /Could not set lock on file|already open|being used by another process/i.test(message);

function notAWarehouse(path: string, message: string, cause: unknown): WarehouseError {
  // Nothing is wrong with the file, which may be another user's, or with a folder that can only be read.
  const isForbidden = /Permission denied|Read-only file system/i.test(message);
  const remedy = isForbidden
    ? "run this as the user who may write it, or set DATA_DIR to another folder"
    : "move it away, or start over with npm start -- --fresh";
  return new WarehouseError(
    `${path} can't be opened as the local warehouse: ${remedy} (${message.split("\n")[0]}).`,
    { cause },
  );
}

function stillLocked(path: string, pid: number | undefined, patienceMs: number, cause: unknown) {
  const holder = pid ? `process ${pid}` : "another process";
  const since = patienceMs < 60_000 ? "" : ` for ${Math.round(patienceMs / 60_000)} minutes`;
  return new WarehouseBusy(`${path} is held by ${holder}${since}: end it, or wait, and try again.`, {
    cause,
  });
}
