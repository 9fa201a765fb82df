import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { WarehouseBusy } from "@clan-platform/warehouse/warehouse.ts";
import type { Source } from "./source.ts";

/** An answer of the warehouse, and the version of the data that it is of. */
export interface Reading<T> {
  version: string | null;
  value: T | undefined;
}

export interface Reader {
  source: Source;
  /**
   * The answer to a question, from memory while the data is the same. While somebody else has the warehouse, that is the
   * last answer there was. `value` is undefined while there is no warehouse.
   * @throws {WarehouseBusy} when somebody else has the warehouse and there was no answer yet
   */
  read<T>(key: string, question: (warehouse: Warehouse) => Promise<T>): Promise<Reading<T>>;
  /** The same for a question that `ask` puts in its own way. */
  remember<T>(key: string, ask: (version: string) => Promise<T>): Promise<Reading<T>>;
}

const remembered = 24;

/** Keeps the answers of a source, the last two dozen of them. */
export function createReader(source: Source): Reader {
  const readings = new Map<string, Reading<unknown>>();
  const underWay = new Map<string, Promise<Reading<unknown>>>();

  async function ask<T>(
    key: string,
    version: string,
    question: (version: string) => Promise<T>,
  ): Promise<Reading<T>> {
    try {
      const reading = { version, value: await question(version) };
      readings.delete(key);
      readings.set(key, reading);
      for (const oldest of [...readings.keys()].slice(0, -remembered)) readings.delete(oldest);
      return reading;
    } catch (error) {
      const last = readings.get(key);
      if (error instanceof WarehouseBusy && last) return last as Reading<T>;
      throw error;
    }
  }

  async function remember<T>(key: string, question: (version: string) => Promise<T>): Promise<Reading<T>> {
    const version = await source.version();
    if (version === undefined) return { version: null, value: undefined };
    const last = readings.get(key);
    if (last?.version === version) return last as Reading<T>;
    const turn = `${key} of ${version}`;
    let asking = underWay.get(turn) as Promise<Reading<T>> | undefined;
    if (!asking) {
      asking = ask(key, version, question).finally(() => underWay.delete(turn));
      underWay.set(turn, asking);
    }
    return asking;
  }

  return {
    source,
    remember,
    read: (key, question) => remember(key, () => source.ask(question)),
  };
}
