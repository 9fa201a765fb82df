import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { forgetFirstFill, noteFirstFill, shareOfFirstFill } from "./first-fill.ts";

it("reports the share that is done, until the fill is forgotten or its process is gone", () => {
  const folder = mkdtempSync(join(tmpdir(), "clan-first-fill-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "new/warehouse.duckdb");
  expect(shareOfFirstFill(file)).toBeUndefined();
  noteFirstFill(file, 0);
  noteFirstFill(file, 0.25);
  expect(shareOfFirstFill(file)).toBe(0.25);
  const [note = ""] = readdirSync(join(folder, "new"));
  const ended = spawnSync(process.execPath, ["--version"]).pid;
  writeFileSync(join(folder, "new", note), JSON.stringify({ pid: ended, share: 0.25 }));
  expect(shareOfFirstFill(file)).toBeUndefined();
  forgetFirstFill(file);
  expect(readdirSync(join(folder, "new"))).toEqual([]);
});
