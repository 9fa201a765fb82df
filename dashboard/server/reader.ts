import { type Warehouse, WarehouseBusy } from "@clan-platform/warehouse/warehouse.ts";
import type { Source } from "./source.ts";

/** A result, and the version of the data that it was read from. */
export interface Reading<T> {
  version: string | null;
  value: T | undefined;
}

export interface Reader {
  source: Source;
  /**
   * Returns what `read` returned the last time if the data has not changed since. While another process holds the
   * warehouse, it returns the last result even if the data has changed. `value` is undefined while there is no warehouse.
   * @throws {WarehouseBusy} when another process holds the warehouse and there is no result yet
   */
  read<T>(key: string, read: (warehouse: Warehouse) => Promise<T>): Promise<Reading<T>>;
  /** The same for a result that `load` computes from any number of reads. */
  cached<T>(key: string, load: (version: string) => Promise<T>): Promise<Reading<T>>;
}

const maxCached = 24;

/** A reader that caches the most recent results of a source. */
export function createReader(source: Source): Reader {
  const readings = new Map<string, Reading<unknown>>();
  const inFlight = new Map<string, Promise<Reading<unknown>>>();

  async function loadInto<T>(
    key: string,
    version: string,
    load: (version: string) => Promise<T>,
  ): Promise<Reading<T>> {
    try {
      const reading = { version, value: await load(version) };
      readings.delete(key);
      readings.set(key, reading);
      for (const oldest of [...readings.keys()].slice(0, -maxCached)) readings.delete(oldest);
      return reading;
    } catch (error) {
      const last = readings.get(key);
      if (error instanceof WarehouseBusy && last) return last as Reading<T>;
      throw error;
    }
  }

  async function cached<T>(key: string, load: (version: string) => Promise<T>): Promise<Reading<T>> {
    const version = await source.version();
    if (version === undefined) return { version: null, value: undefined };
    const last = readings.get(key);
    if (last?.version === version) return last as Reading<T>;
    const flight = `${key} of ${version}`;
    let loading = inFlight.get(flight) as Promise<Reading<T>> | undefined;
    if (!loading) {
      loading = loadInto(key, version, load).finally(() => inFlight.delete(flight));
      inFlight.set(flight, loading);
    }
    return loading;
  }

  return {
    source,
    cached,
    read: (key, read) => cached(key, () => source.withWarehouse(read)),
  };
}
