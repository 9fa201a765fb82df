/** Bytes that an entry takes in addition to its key and value, roughly. */
const overhead = 500;

export interface Cache<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
}

/** Keeps the most recently used values whose sizes add up to no more than `maxBytes`. */
export function createCache<T>(maxBytes: number, sizeOf: (value: T) => number): Cache<T> {
  // In the order of their last use.
  const entries = new Map<string, { value: T; size: number }>();
  let total = 0;

  function remove(key: string) {
    total -= entries.get(key)?.size ?? 0;
    entries.delete(key);
  }

  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    set(key, value) {
      remove(key);
      const size = overhead + 2 * key.length + sizeOf(value);
      entries.set(key, { value, size });
      total += size;
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) break;
        remove(oldest);
      }
    },
  };
}
