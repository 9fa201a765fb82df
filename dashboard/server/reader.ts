import { type Warehouse, WarehouseBusy } from "@clan-platform/warehouse/warehouse.ts";
import { createCache } from "./cache.ts";
import { type Scope, type Source, WarehouseFilling } from "./source.ts";

/** A result, and the version of the data that it was read from. */
export interface Reading<T> {
  version: string | null;
  /** Whether another process holds the warehouse, and this is an older result. */
  isHeld: boolean;
  value: T | undefined;
}

export interface ReadOptions {
  /** What the result depends on; the default is everything. */
  scope?: Scope;
  /** Returns true for a version whose result is not needed: the value is then undefined, and nothing is read. */
  isKnown?: (version: string) => boolean;
  /** The day on which the result is computed, if it also depends on that. */
  day?: string;
}

/** Of results that the tables computed from raw determine. */
export const derivedScope = { scope: "derived" } as const satisfies ReadOptions;

export interface Reader {
  source: Source;
  /**
   * Returns what `read` returned the last time if the data has not changed since. While another process holds the
   * warehouse, it returns the last result even if the data has changed. `value` is undefined while there is no warehouse.
   * @throws {WarehouseBusy} when another process holds the warehouse and there is no result yet, or only that it was empty
   */
  read<T>(
    key: string,
    read: (warehouse: Warehouse) => Promise<T>,
    options?: ReadOptions,
  ): Promise<Reading<T>>;
  /** The same for a result that `load` computes from any number of reads. */
  cached<T>(key: string, load: (version: string) => Promise<T>, options?: ReadOptions): Promise<Reading<T>>;
}

const defaultMaxBytes = 8_000_000;

/** A reader that caches the most recently used results of a source, up to a size in total. */
export function createReader(source: Source, maxBytes = defaultMaxBytes): Reader {
  const results = createCache<{ version: string; day: string | undefined; value: unknown }>(
    maxBytes,
    ({ value }) => sizeOf(value),
  );
  const inFlight = new Map<string, Promise<unknown>>();

  function loadOnce<T>(
    key: string,
    { version, day }: { version: string; day: string | undefined },
    load: (version: string) => Promise<T>,
  ): Promise<T> {
    const flight = `${key} of ${version} ${day}`;
    const loadInto = async () => {
      const value = await load(version);
      results.set(key, { version, day, value });
      return value;
    };
    let loading = inFlight.get(flight) as Promise<T> | undefined;
    if (!loading) {
      loading = loadInto().finally(() => inFlight.delete(flight));
      inFlight.set(flight, loading);
    }
    return loading;
  }

  async function cached<T>(
    key: string,
    load: (version: string) => Promise<T>,
    { scope = "everything", isKnown, day }: ReadOptions = {},
  ): Promise<Reading<T>> {
    try {
      const version = await source.version(scope);
      if (version === undefined) return { version: null, isHeld: false, value: undefined };
      if (isKnown?.(version)) return { version, isHeld: false, value: undefined };
      const last = results.get(key);
      const isCurrent = last?.version === version && last.day === day;
      const value = isCurrent ? last.value : await loadOnce(key, { version, day }, load);
      return { version, isHeld: false, value: value as T };
    } catch (error) {
      // What was read before a first fill is that there is nothing.
      const last = error instanceof WarehouseFilling ? undefined : results.get(key);
      if (error instanceof WarehouseBusy && last)
        return { version: last.version, isHeld: true, value: last.value as T };
      throw error;
    }
  }

  return {
    source,
    cached,
    read: (key, read, options) => cached(key, () => source.withWarehouse(read), options),
  };
}

/** Bytes, roughly: figures are kept compressed, and other results are small. */
const sizeOf = (value: unknown): number =>
  Buffer.isBuffer(value) ? value.byteLength : JSON.stringify(value ?? null).length;
