import { join } from "node:path";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { localSource } from "./local-source.ts";

it("pauses after a long read, and reads on although the clock is set back meanwhile", async () => {
  const path = join(await temporaryFolder(), "warehouse.duckdb");
  await (await openDuckdb(path)).close();
  const source = localSource(path);
  onTestFinished(() => source.close?.());
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  await source.withWarehouse(async () => vi.advanceTimersByTime(300));
  vi.setSystemTime(Date.now() - 3_600_000);
  let isRead = false;
  const reading = source.withWarehouse(async () => {
    isRead = true;
  });
  await expect.poll(() => isRead).toBe(true);
  await reading;
});
