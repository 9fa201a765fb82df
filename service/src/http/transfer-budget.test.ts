import { expect, it } from "vitest";
import { TransferBudget } from "./transfer-budget.ts";

const rate = { graceMs: 5_000, bytesPerSecond: 1_000 };

it("lasts for ever at the least rate, and for the grace without a byte", () => {
  const budget = new TransferBudget(rate);
  for (let second = 0; second < 1_000; second++) budget.record(1_000, 1_000);
  expect(budget.leftMs).toBe(5_000);
  budget.record(5_000, 0);
  expect(budget.leftMs).toBe(0);
});

it("is used up by a drip, however much came before", () => {
  const budget = new TransferBudget(rate);
  budget.record(10, 10_000_000);
  let seconds = 0;
  for (; budget.leftMs > 0; seconds++) budget.record(1_000, 1);
  expect(seconds).toBe(6);
});
