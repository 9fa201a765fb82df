import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Locked {
  license?: string;
  dev?: boolean;
  link?: boolean;
}

const allowed = new Set(["0BSD", "Apache-2.0", "BlueOak-1.0.0", "BSD-3-Clause", "ISC", "MIT"]);
/** Packages with other licences, each accepted for itself; `*` stands for a platform. */
const accepted: Record<string, string> = {
  // Copyleft for changes of its own files; the build of the page uses it, unchanged.
  lightningcss: "MPL-2.0",
  "lightningcss-*": "MPL-2.0",
};

const lock = readFileSync(new URL("../package-lock.json", import.meta.url), "utf8");
const packages: Record<string, Locked> = JSON.parse(lock).packages;

const isAccepted = (name: string, license: string) =>
  accepted[name] === license || accepted[name.replace(/^(lightningcss)-.*/, "$1-*")] === license;

it("every package in production has a licence that is on the list", () => {
  const production = Object.entries(packages).filter(
    ([path, { dev, link }]) => path.includes("node_modules/") && !dev && !link,
  );
  expect(production.length).toBeGreaterThan(200);
  const others = production
    .map(([path, { license = "none" }]) => ({ name: path.replace(/^.*node_modules\//, ""), license }))
    .filter(({ name, license }) => !allowed.has(license) && !isAccepted(name, license))
    .map(({ name, license }) => `${name}: ${license}`);
  expect(others).toEqual([]);
});
