import { expect, it } from "vitest";
import { createOverloadDetector } from "./event-loop.ts";

const late = { delayMs: 2_000, utilization: 1 };
const unmeasured = { delayMs: undefined, utilization: 1 };
const idle = { delayMs: 1, utilization: 0.1 };

it("one stall, however long, is no overload; a delay over several intervals is, until one without", () => {
  const { add, isOverloaded } = createOverloadDetector();
  for (const sample of [late, unmeasured, late, unmeasured, unmeasured]) {
    add(sample);
    expect(isOverloaded()).toBe(false);
  }
  add(late);
  expect(isOverloaded()).toBe(true);
  add(idle);
  expect(isOverloaded()).toBe(false);
});

it("an overload that goes on after a moment's relief is one at once, and not after several good intervals", () => {
  const { add, isOverloaded } = createOverloadDetector();
  for (const sample of [late, late, late, idle, late]) add(sample);
  expect(isOverloaded()).toBe(true);
  for (const sample of [idle, idle, idle, late]) add(sample);
  expect(isOverloaded()).toBe(false);
});

it("stalls from time to time are no overload", () => {
  const { add, isOverloaded } = createOverloadDetector();
  for (let n = 0; n < 20; n++) {
    for (const sample of [late, late, idle, idle]) add(sample);
    expect(isOverloaded()).toBe(false);
  }
});

it("a delay without work is no overload: the process had no CPU", () => {
  const { add, isOverloaded } = createOverloadDetector();
  for (let n = 0; n < 10; n++) add({ ...late, utilization: 0.5 });
  expect(isOverloaded()).toBe(false);
});
