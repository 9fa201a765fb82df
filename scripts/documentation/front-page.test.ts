import { expect, it } from "vitest";
import { readPage } from "./pages.ts";

it("README fits on a few screens: 130 lines of 110 characters", () => {
  const lines = readPage("README.md").trimEnd().split("\n");
  expect(lines.length).toBeLessThanOrEqual(130);
  expect(lines.filter((line) => [...line].length > 110)).toEqual([]);
});

it("the packages have the version that CHANGELOG released last", () => {
  const released = /^## \[(\d+\.\d+\.\d+)\]/m.exec(readPage("CHANGELOG.md"))?.[1];
  expect(released).toBeDefined();
  const { version, workspaces } = JSON.parse(readPage("package.json"));
  expect(version).toBe(released);
  // The client has a version of its own, as a package that others install.
  for (const workspace of workspaces.filter((name: string) => name !== "clients/typescript")) {
    expect(JSON.parse(readPage(`${workspace}/package.json`)).version, workspace).toBe(released);
  }
});
