import { setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { retrying } from "./retry.ts";

const once = { pausesMs: [], wait: async () => {}, requestLimitMs: 1_000 };

it("a request may take longer than its limit while it makes progress, such as an upload over a slow line", async () => {
  const upload = retrying(once, async (_signal, onProgress) => {
    for (let piece = 0; piece < 5; piece++) {
      await delay(300);
      onProgress();
    }
    return "done";
  });
  expect(await upload).toBe("done");
});

it("a request without progress is given up after its limit, and its signal aborts", async () => {
  let aborted: AbortSignal | undefined;
  const silent = retrying({ ...once, requestLimitMs: 50 }, (signal) => {
    aborted = signal;
    return new Promise(() => {});
  });
  await expect(silent).rejects.toThrow("BigQuery did not answer within 0.05 s");
  expect(aborted?.aborted).toBe(true);
});
