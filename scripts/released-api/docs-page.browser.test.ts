import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { openBrowser } from "@clan-platform/dashboard/testing/browser.ts";
import type { Page } from "playwright-core";
import { expect, it, onTestFinished } from "vitest";
import { buildAppWithoutDatabase } from "./app-without-database.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The serious and critical violations that axe-core finds in what a selector selects. */
async function findViolations(page: Page, selector: string): Promise<string[]> {
  // Of the rules that hold, axe-core would describe every element: most of its work.
  const options = { resultTypes: ["violations"] };
  const run = `axe.run(${JSON.stringify(selector)}, ${JSON.stringify(options)})`;
  const { violations } = (await page.evaluate(run)) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 150)}`));
}

const browser = await openBrowser();

it("has the product's name, and axe-core finds nothing serious, its operations closed or open", async () => {
  const app = await buildAppWithoutDatabase();
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(() => app.close());
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => request.url().startsWith(url) || errors.push(request.url()));

  await page.goto(`${url}/docs`);
  const operations = page.locator(".opblock-summary-control");
  await operations.first().waitFor();
  expect(await page.title()).toBe("Clan platform API");
  await page.evaluate(axe);
  expect(await findViolations(page, "html")).toEqual([]);

  // One at a time: with all of them open, axe-core takes minutes. One of each method and one of each tag: those of the others are
  // drawn by the same components.
  const summaries = await operations.all();
  const kinds = (await page.evaluate(
    `[...document.querySelectorAll(".opblock")].map(({ id, className }) => [id.split("-")[1], /opblock-[a-z]+/.exec(className)[0]])`,
  )) as [tag: string, method: string][];
  expect(kinds).toHaveLength(summaries.length);
  const seen = new Set<string>();
  for (const [at, operation] of summaries.entries()) {
    const kind = kinds[at] ?? [];
    if (kind.every((part) => seen.has(part))) continue;
    for (const part of kind) seen.add(part);
    await operation.click();
    await page.locator(".opblock.is-open .execute").waitFor();
    expect(await findViolations(page, ".opblock.is-open")).toEqual([]);
    await operation.click();
    await page.locator(".opblock.is-open").waitFor({ state: "detached" });
  }
  expect(seen.size).toBeGreaterThan(7);
  expect(errors).toEqual([]);
});
