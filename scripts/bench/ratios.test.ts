import { expect, it } from "vitest";
import { limits } from "./limits.ts";
import { measureParts } from "./measure-parts.ts";
import { judge, type Ratio } from "./ratios.ts";
import { benchmarksText } from "./report.ts";

/** What a part measures when each ratio is exactly at its limit. */
const atLimit = (part: string): Ratio[] =>
  Object.entries(limits[part] ?? {}).map(([what, limit]) => ({
    what,
    ours: "1 s",
    against: "1 s",
    ratio: "atLeast" in limit ? limit.atLeast : limit.atMost,
  }));

it("a ratio at its limit meets it, and one beyond misses it", () => {
  const [first, ...others] = atLimit("service") as [Ratio, ...Ratio[]];
  expect(judge("service", [first, ...others]).every(({ isMet }) => isMet)).toBe(true);
  const judged = judge("service", [{ ...first, ratio: 3.01 }, ...others]);
  expect(judged.map(({ isMet }) => isMet)).toEqual([false, ...others.map(() => true)]);
  expect(benchmarksText("2026-01-02", new Map([["service", judged]]))).toContain("| 3.01 | <= 3 | MISSED |");
});

it("rejects a limit without a measurement, and a measurement without a limit", () => {
  const all = atLimit("warehouse");
  expect(() => judge("warehouse", all.slice(1))).toThrow(/did not measure: first npm start/);
  const unknown = { what: "something else", ours: "", against: "", ratio: 1 };
  expect(() => judge("warehouse", [...all, unknown])).toThrow(/no limit for warehouse: something else/);
});

it("a part that fails is reported, and stops no other", async () => {
  const failing = { run: () => Promise.reject(new Error("answered with HTTP/1.1 404 Not Found")) };
  const measured = { run: async () => atLimit("members") };
  const printed: string[] = [];
  const results = await measureParts(
    { service: async () => failing, members: async () => measured },
    (text) => printed.push(text),
  );
  expect(printed.join("")).toContain("Error: answered with HTTP/1.1 404 Not Found");
  const text = benchmarksText("2026-01-02", results);
  expect(text).toContain("## service\n\nNot measured: answered with HTTP/1.1 404 Not Found\n");
  expect(text).toMatch(/## members\n\n\|.*\|\n.*\n\| join: /);
});
