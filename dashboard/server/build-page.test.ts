import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildPage } from "./build-page.ts";

it("builds the page once, even for concurrent callers, into self-contained files", async () => {
  const [folder, again] = await Promise.all([buildPage(), buildPage()]);
  expect(again).toBe(folder);
  const builtAt = statSync(folder).mtimeMs;
  expect(await buildPage()).toBe(folder);
  expect(statSync(folder).mtimeMs).toBe(builtAt);
  expect(readdirSync(folder).sort()).toEqual(["assets", "index.html"]);
  expect(
    readdirSync(join(folder, "assets"))
      .map((name) => name.split(".").at(-1))
      .sort(),
  ).toEqual(["css", "js", "js", "js", "svg"]);
});
