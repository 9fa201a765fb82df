import Fastify from "fastify";
import { expect, it, onTestFinished, vi } from "vitest";
import { limitRate } from "./rate-limit.ts";

const minute = 60_000;

async function start(perMinute: number) {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  const app = Fastify();
  await limitRate(app, perMinute);
  app.get("/", () => "");
  onTestFinished(() => app.close());
  return async (remoteAddress = "192.0.2.1") => {
    const { statusCode, headers } = await app.inject({ url: "/", remoteAddress });
    return [statusCode, headers.ratelimit];
  };
}

it("a window lasts a minute, also when the clock is set back or forward meanwhile", async () => {
  const get = await start(2);
  expect(await get()).toEqual([200, '"default";r=1;t=60']);
  vi.setSystemTime(Date.now() - 60 * minute);
  expect(await get()).toEqual([200, '"default";r=0;t=60']);
  vi.setSystemTime(Date.now() + 120 * minute);
  vi.advanceTimersByTime(minute - 1_000);
  expect(await get()).toEqual([429, '"default";r=0;t=1']);
  expect(await get("192.0.2.2")).toEqual([200, '"default";r=1;t=60']);
  vi.advanceTimersByTime(1_000);
  expect(await get()).toEqual([200, '"default";r=1;t=60']);
});

it("forgets the addresses that were seen longest ago", async () => {
  const get = await start(2);
  for (const address of ["192.0.2.1", "192.0.2.2", "192.0.2.1"]) await get(address);
  for (let n = 0; n < 4_999; n++) await get(`10.0.${n >> 8}.${n & 255}`);
  expect(await get("192.0.2.1")).toEqual([429, '"default";r=0;t=60']);
  expect(await get("192.0.2.2")).toEqual([200, '"default";r=1;t=60']);
});
