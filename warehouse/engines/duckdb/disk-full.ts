import { WarehouseError } from "../../warehouse.ts";

/**
 * Does some work on the file at `path`.
 * @throws {WarehouseError} when its disk is full
 */
export async function explained<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (!(cause instanceof Error) || !/No space left on device/.test(cause.message)) throw cause;
    throw new WarehouseError(`The disk of ${path} is full: make room, and run it again.`, { cause });
  }
}
