import { type Warehouse, WarehouseBusy, WarehouseError } from "@clan-platform/warehouse/warehouse.ts";
import { expect, it } from "vitest";
import { createReader } from "./reader.ts";
import type { Source } from "./source.ts";

/** A reader of a source whose version the test sets; reads get a warehouse that they don't use. */
function createTestReader(maxBytes?: number) {
  const data: { version: string | undefined; error?: Error } = { version: "1" };
  const source: Source = {
    name: "test",
    target: "local",
    version: async () => {
      if (data.error) throw data.error;
      return data.version;
    },
    withWarehouse: (read) => read({} as Warehouse),
  };
  return { data, reader: createReader(source, maxBytes) };
}

/** A read that counts its runs and returns their number. */
function countRuns() {
  const counter = { runs: 0, read: async () => ++counter.runs };
  return counter;
}

const failWith = (error: Error) => async (): Promise<number> => {
  throw error;
};

it("reads again only when the version has changed, and returns the version with each result", async () => {
  const { data, reader } = createTestReader();
  const { read } = countRuns();
  expect(await reader.read("dau", read)).toEqual({ version: "1", isHeld: false, value: 1 });
  expect(await reader.read("dau", read)).toEqual({ version: "1", isHeld: false, value: 1 });
  data.version = "2";
  expect(await reader.read("dau", read)).toEqual({ version: "2", isHeld: false, value: 2 });
  expect(await reader.read("dau", read)).toEqual({ version: "2", isHeld: false, value: 2 });
});

it("keeps the results of different keys apart", async () => {
  const { reader } = createTestReader();
  const { read } = countRuns();
  const readings = await Promise.all([reader.read("dau", read), reader.read("wau", read)]);
  expect(readings.map(({ value }) => value)).toEqual([1, 2]);
  expect((await reader.read("dau", read)).value).toBe(1);
});

it("computes a result of a day again on the next, and has that of the day before while the warehouse is held", async () => {
  const { data, reader } = createTestReader();
  const { read } = countRuns();
  const on = (day: string) => reader.cached("checks", read, { day });
  expect(await on("2026-03-05")).toMatchObject({ value: 1 });
  data.error = new WarehouseBusy("It is held.");
  expect(await on("2026-03-06")).toEqual({ version: "1", isHeld: true, value: 1 });
  delete data.error;
  expect(await on("2026-03-06")).toEqual({ version: "1", isHeld: false, value: 2 });
  expect(await on("2026-03-06")).toMatchObject({ value: 2 });
});

it("returns nothing, and reads nothing, while there is no warehouse", async () => {
  const { data, reader } = createTestReader();
  const counter = countRuns();
  await reader.read("dau", counter.read);
  data.version = undefined;
  expect(await reader.read("dau", counter.read)).toEqual({ version: null, isHeld: false, value: undefined });
  expect(counter.runs).toBe(1);
});

it("returns the last result with its own version while another process holds the warehouse", async () => {
  const { data, reader } = createTestReader();
  const { read } = countRuns();
  await reader.read("dau", read);
  data.version = "2";
  expect(await reader.read("dau", failWith(new WarehouseBusy("held")))).toEqual({
    version: "1",
    isHeld: true,
    value: 1,
  });
  expect(await reader.read("dau", read)).toEqual({ version: "2", isHeld: false, value: 2 });
});

it.each([
  ["an error of the warehouse", new WarehouseError("Access denied")],
  ["a defect", new TypeError("rows is undefined")],
])("throws %s instead of returning the last result", async (_, error) => {
  const { data, reader } = createTestReader();
  const { read } = countRuns();
  await reader.read("dau", read);
  data.version = "2";
  await expect(reader.read("dau", failWith(error))).rejects.toBe(error);
  expect(await reader.read("dau", read)).toEqual({ version: "2", isHeld: false, value: 2 });
});

it("throws that the warehouse is busy when there is no result yet", async () => {
  const { reader } = createTestReader();
  const busy = new WarehouseBusy("held");
  await expect(reader.read("dau", failWith(busy))).rejects.toBe(busy);
});

it("reads once for requests that arrive together, and again for a version that arrives meanwhile", async () => {
  const { data, reader } = createTestReader();
  const { promise, resolve } = Promise.withResolvers<void>();
  const counter = countRuns();
  const slowRead = async () => {
    const value = await counter.read();
    await promise;
    return value;
  };
  const first = reader.read("dau", slowRead);
  const second = reader.read("dau", slowRead);
  await expect.poll(() => counter.runs).toBe(1);
  data.version = "2";
  const third = reader.read("dau", slowRead);
  await expect.poll(() => counter.runs).toBe(2);
  resolve();
  expect(await Promise.all([first, second, third])).toEqual([
    { version: "1", isHeld: false, value: 1 },
    { version: "1", isHeld: false, value: 1 },
    { version: "2", isHeld: false, value: 2 },
  ]);
});

it("reads again after a read that failed", async () => {
  const { reader } = createTestReader();
  const { read } = countRuns();
  await expect(reader.read("dau", failWith(new WarehouseError("Access denied")))).rejects.toThrow();
  expect((await reader.read("dau", read)).value).toBe(1);
});

it("reads again when a version returns whose result it no longer has", async () => {
  const { data, reader } = createTestReader();
  const { read } = countRuns();
  for (const version of ["1", "2", "1"]) {
    data.version = version;
    await reader.read("dau", read);
  }
  expect((await reader.read("dau", read)).value).toBe(3);
});

it("keeps the results that were used last, up to a size in total", async () => {
  const { reader } = createTestReader(5_000);
  const runs: string[] = [];
  const read = (key: string) =>
    reader.read(key, async () => {
      runs.push(key);
      return Buffer.alloc(1_000);
    });
  // Each takes 1,000 bytes and what the entry itself takes: there is room for three.
  for (const key of ["a", "b", "c", "a", "b", "c"]) await read(key);
  expect(runs).toEqual(["a", "b", "c"]);
  await read("a");
  await read("d");
  for (const key of ["a", "c", "d"]) await read(key);
  expect(runs).toEqual(["a", "b", "c", "d"]);
  await read("b");
  expect(runs).toEqual(["a", "b", "c", "d", "b"]);
});

it("keeps no result that is larger than the size in total, and none of those that made room for it", async () => {
  const { reader } = createTestReader(5_000);
  const counter = countRuns();
  const large = async () => {
    await counter.read();
    return Buffer.alloc(6_000);
  };
  await reader.read("large", large);
  await reader.read("large", large);
  expect(counter.runs).toBe(2);
});

it("reads nothing for a version whose result is not needed", async () => {
  const { reader } = createTestReader();
  const counter = countRuns();
  const isKnown = (version: string) => version === "1";
  expect(await reader.read("dau", counter.read, { isKnown })).toEqual({
    version: "1",
    isHeld: false,
    value: undefined,
  });
  expect(counter.runs).toBe(0);
});

it("returns the last result while not even the version can be read", async () => {
  const { data, reader } = createTestReader();
  const { read } = countRuns();
  await reader.read("dau", read);
  data.error = new WarehouseBusy("held");
  expect(await reader.read("dau", read)).toEqual({ version: "1", isHeld: true, value: 1 });
  await expect(reader.read("wau", read)).rejects.toBe(data.error);
});

it("passes the version that a result is of to a load", async () => {
  const { data, reader } = createTestReader();
  expect(await reader.cached("dau", async (version) => version)).toEqual({
    version: "1",
    isHeld: false,
    value: "1",
  });
  data.version = "2";
  expect(await reader.cached("dau", async (version) => version)).toEqual({
    version: "2",
    isHeld: false,
    value: "2",
  });
});
