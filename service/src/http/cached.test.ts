import { expect, it } from "vitest";
import { cached } from "./cached.ts";

it("looks once for all callers, also when that fails, and again when it has expired", async () => {
  let looks = 0;
  const look = cached(async () => {
    looks++;
    if (looks === 1) throw new Error("unavailable");
    return looks;
  }, 50);
  const results = await Promise.allSettled([look(), look(), look()]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(looks).toBe(1);
  await expect.poll(() => look().catch(() => 0)).toBe(2);
});

it("looks again after it has expired only, and never twice at a time", async () => {
  let running = 0;
  let most = 0;
  const look = cached(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 20));
    running--;
  }, 0);
  await Promise.all(Array.from({ length: 10 }, () => look().then(look)));
  expect(most).toBe(1);
});
