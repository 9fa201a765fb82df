import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { forgetFirstFill, noteFirstFill } from "@clan-platform/warehouse/engines/duckdb/first-fill.ts";
import { backfill } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { rawRow, setRows } from "@clan-platform/warehouse/testing/rows.ts";
import type { Locator } from "playwright-core";
import { describe, expect, it, onTestFinished } from "vitest";
import { localSource } from "../server/local-source.ts";
import { serveDashboard } from "../server/serve.ts";
import { openPage, untilDrawn } from "../testing/browser.ts";
import { addressOf, cardKeys, filters, lastDays, serveOther, startDashboard } from "../testing/dashboard.ts";
import { pick, queryFigures, readCards } from "../testing/figures.ts";
import { firstDay, fixtureRows, lastDay, makeFixture } from "../testing/fixture.ts";
import { holdFile } from "../testing/held-file.ts";

const { address, browser, fixture } = await startDashboard();

describe("data freshness", () => {
  it("shows the last day with data, the last run, row counts and checks", async () => {
    const page = await openPage(browser, address);
    const strip = page.getByRole("region", { name: "Data freshness" });
    await expect.poll(() => strip.textContent()).toContain("31 of 31 checks ok");
    const text = (await strip.textContent()) ?? "";
    const [rows] = await fixture.query(
      "select (select count(*) from clan_case_raw.user_daily_metrics_raw) as raw, (select count(*) from clan_case_analytics.daily_metrics) as metrics",
    );
    expect(text).toContain("Data through20 Mar 2026");
    expect(text).toMatch(/Figures last computed\d+ \w{3} 20\d\d, \d\d:\d\d UTC/);
    expect(text).toContain(
      `${Number(rows?.raw).toLocaleString("en-US")} of activity, ${rows?.metrics} of figures`,
    );
    expect(await page.getByText("From the local warehouse").count()).toBe(1);
  });

  it("shows which checks failed or warned", async () => {
    const faulty = await makeFixture([
      ...fixtureRows.filter(({ event_date }) => event_date !== "2026-03-10"),
      rawRow({ user_id: "late", event_date: "2026-03-12", install_date: "2026-03-13" }),
    ]);
    const other = await serveOther(localSource(faulty.path));
    const page = await openPage(browser, other);
    await page.getByRole("button", { name: "29 of 31 checks ok, 1 failed, 1 warned" }).click();
    await untilDrawn(page);
    expect(new URL(page.url()).search).toBe("?tab=health");
    const lines = await page.locator(".check-list li").allTextContents();
    expect(lines.slice(0, 2)).toEqual([
      "failed nobody plays before installing (user_daily_metrics_raw, 1 found)",
      "warned no day is missing between the first and the last (user_daily_metrics_raw, 1 found)",
    ]);
    expect(lines).toHaveLength(31);
  });
});

describe("without figures, the page says why and what to do:", () => {
  it("no player of the selection was active", async () => {
    const page = await openPage(browser, `${address}?platform=ANDROID&country=NZ`);
    expect(await page.locator("#notice").textContent()).toMatch(
      /No figures for this selection.*There are figures for 1 Mar 2026 to 20 Mar 2026/,
    );
    expect(await page.locator("#panels").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Reset the filters" }).click();
    await untilDrawn(page);
    expect(await page.locator("#panels").isVisible()).toBe(true);
  });

  it("the figures are loading", async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route("**/api/days", (route) => promise.then(() => route.continue()));
    await page.goto(address);
    const loading = page.getByText("Loading the figures …");
    await loading.waitFor();
    const fade = () =>
      page.evaluate("getComputedStyle(document.querySelector('.reading')).animationDuration");
    expect(await fade()).toBe("0.3s");
    await page.emulateMedia({ reducedMotion: "reduce" });
    await expect.poll(fade).toBe("0s");
    resolve();
    await untilDrawn(page);
    expect(await page.getByText("Loading the figures …").count()).toBe(0);
  });

  it("there is no data yet, and it appears by itself", async () => {
    const { path } = await makeFixture([]);
    const other = await serveOther(localSource(path));
    const page = await openPage(browser, other, { drawn: false });
    await page.getByText("No data yet").waitFor();
    await page.getByText("npm run load-raw -- FOLDER").waitFor();
    await page.getByText("npm run sync").waitFor();
    const chosen = filters(page).locator("[aria-pressed=true]");
    expect([
      ...(await chosen.allTextContents()),
      await filters(page).locator(".picker").textContent(),
    ]).toEqual(["14 days", "All", "All countries"]);
    const warehouse = await openDuckdb(path);
    await setRows(warehouse, rawTable, fixtureRows);
    await warehouse.close();
    await page.getByText("There are raw rows, but no daily_metrics yet").waitFor();
    const again = await openDuckdb(path);
    await backfill(again, { from_date: firstDay, to_date: lastDay });
    await again.close();
    await untilDrawn(page);
    expect(await readCards(page)).toEqual(pick(await queryFigures(fixture, lastDays(14)), cardKeys));
    expect(await page.getByText("No data yet").count()).toBe(0);
  });

  it("there is no data in BigQuery yet", async () => {
    const { path } = await makeFixture([]);
    const other = await serveDashboard({ ...localSource(path), target: "bigquery" }, 0);
    const page = await openPage(browser, addressOf(other), {
      drawn: false,
      expected: /ERR_CONNECTION|ERR_EMPTY/,
    });
    await page.getByText("npm run load-raw -- --target bigquery FOLDER").waitFor();
    await page.getByText("npm run backfill -- --target bigquery --yes").waitFor();
    expect(await page.getByText("npm run sync").count()).toBe(0);
    await other.stop();
    await page.getByText("npm run dashboard -- --target bigquery").waitFor();
  });

  it("it is filled for the first time: how far that is, and no alarm, until the figures appear", async () => {
    const { path } = await makeFixture();
    const { release } = await holdFile(path);
    noteFirstFill(path, 0.07);
    const page = await openPage(browser, await serveOther(localSource(path)), {
      drawn: false,
      expected: /503/,
    });
    const notice = page
      .getByRole("status")
      .filter({ hasText: "The warehouse is being filled for the first time" });
    const bar = notice.getByRole("progressbar", { name: "Filled so far" });
    await expect.poll(() => bar.getAttribute("value")).toBe("7");
    expect(await page.locator(".notice.problem").count()).toBe(0);
    noteFirstFill(path, 0.629);
    await expect.poll(() => bar.getAttribute("value")).toBe("62");
    forgetFirstFill(path);
    await release();
    await untilDrawn(page);
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it("another command is writing to the warehouse, and the figures appear when it has finished", async () => {
    const { path } = await makeFixture();
    const other = await serveOther(localSource(path));
    const { release } = await holdFile(path);
    const page = await openPage(browser, other, {
      drawn: false,
      expected: /503/,
    });
    await page.locator(".notice.problem").getByText("Another command is writing to the warehouse").waitFor();
    await release();
    await untilDrawn(page);
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it("the server refuses the address: it is not asked again, and resetting the filters helps", async () => {
    const page = await openPage(browser, address, { expected: /400/ });
    let requests = 0;
    await page.route("**/api/figures?*country=XX*", (route) => {
      requests++;
      const body = { reason: "VALIDATION_FAILED", detail: "query.country: is unknown" };
      return route.fulfill({ status: 400, json: body });
    });
    const polled = () => page.waitForResponse((response) => response.url().endsWith("api/days"));
    await page.goto(`${address}?country=XX`);
    await page.getByText("query.country: is unknown.").waitFor();
    expect(await page.getByText("keeps retrying").count()).toBe(0);
    const refused = requests;
    await polled();
    await polled();
    expect(requests).toBe(refused);
    await page.getByRole("button", { name: "Reset the filters" }).click();
    await untilDrawn(page);
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it.each([
    ["nothing", { json: null }, "The dashboard's server is unavailable"],
    [
      "a page of its own",
      { status: 502, body: "<h1>Bad gateway</h1>" },
      "The dashboard's server is unavailable",
    ],
    ["an object of its own", { json: {} }, "These figures can't be computed"],
  ])("a proxy answers %s: drawn figures stay, and the page goes on", async (_, answer, title) => {
    const page = await openPage(browser, address, { expected: /502|TypeError/ });
    const { promise, resolve } = Promise.withResolvers<void>();
    await page.route("**/api/freshness", (route) => {
      resolve();
      return route.fulfill(answer);
    });
    await promise;
    await page.locator("#notice").getByText(title).waitFor();
    expect(await page.locator("#key-figures .card[id^=card-]").count()).toBe(8);
    await page.unroute("**/api/freshness");
    await page.locator(".notice").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "7 days" }).click();
    await untilDrawn(page);
  });

  it("a deployed server is unavailable: its viewers can't start it", async () => {
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    let isAway = false;
    await page.route("http://dashboard.example/**", async (route) => {
      if (isAway) return route.fulfill({ status: 502, body: "<h1>Bad gateway</h1>" });
      const { pathname, search } = new URL(route.request().url());
      return route.fulfill({
        response: await context.request.get(`${address.slice(0, -1)}${pathname}${search}`),
      });
    });
    await page.goto("http://dashboard.example/");
    await untilDrawn(page);
    isAway = true;
    const notice = page.locator("#notice");
    await notice.getByText("The dashboard's server is unavailable").waitFor();
    expect(await notice.textContent()).toMatch(/Check your connection\./);
    expect(await notice.textContent()).not.toMatch(/npm/);
  });

  it("the server is unavailable; drawn figures stay, and the page reconnects when the server is back", async () => {
    const first = await serveDashboard(localSource(fixture.path), 0);
    const { port } = first;
    const page = await openPage(browser, `http://localhost:${port}/`, {
      expected: /ERR_CONNECTION|ERR_EMPTY/,
    });
    await first.stop();
    await page.getByText("The dashboard's server is unavailable").waitFor();
    expect(await page.locator("#notice").textContent()).toMatch(
      /npm start.*The figures below are the last ones received/,
    );
    expect(await page.locator("#key-figures .card[id^=card-]").count()).toBe(8);
    const second = await serveDashboard(localSource(fixture.path), port);
    onTestFinished(() => second.stop());
    await page.locator(".notice").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "All", exact: true }).first().click();
    await untilDrawn(page);
  });
});

it("says that its figures are from before while another command holds the warehouse", async () => {
  const { path, query } = await makeFixture();
  const page = await openPage(browser, await serveOther(localSource(path)));
  await page.getByText("31 of 31 checks ok").waitFor();
  const [nextPoll, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  // Nothing is read between the change and the hold: the poll before has ended when the next one begins.
  await page.route("**/api/**", async (route) => {
    nextPoll.resolve();
    await held.promise;
    await route.continue();
  });
  await nextPoll.promise;
  await query("update clan_case_analytics.daily_metrics set dau = dau + 1000");
  const { release } = await holdFile(path);
  held.resolve();
  const sign = page
    .getByRole("region", { name: "Data freshness" })
    .getByText("these are the figures from before");
  await sign.waitFor();
  expect(await readCards(page)).toEqual(pick(await queryFigures(fixture, lastDays(14)), cardKeys));
  await release();
  await sign.waitFor({ state: "detached" });
});

it("shows new figures by itself soon after the data has changed", async () => {
  const changing = await makeFixture();
  const other = await serveOther(localSource(changing.path));
  const page = await openPage(browser, other);
  const facts = page.locator("#data-freshness dl");
  const checks = page.locator("#data-freshness .checks");
  const shows = (locator: Locator, text: string | RegExp) =>
    expect.poll(() => locator.textContent(), { timeout: 120_000 }).toMatch(text);
  await shows(facts, "Last sync from PostgreSQLnone yet");
  await shows(checks, "31 of 31 checks ok");
  const { dau } = await readCards(page);
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route("**/api/checks", (route) => promise.then(() => route.continue()));
  await changing.query("update clan_case_analytics.daily_metrics set dau = dau + 1000");
  await changing.query(
    `insert into clan_case_raw.activity_syncs
        (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted) values ('y', '2026-03-21 08:20:00+00', '2026-03-21 08:20:01+00', '2026-03-21 08:19:50+00', 1, 0, 0)`,
  );
  await expect.poll(async () => (await readCards(page)).dau).toBeGreaterThan((dau ?? 0) + 1000);
  await shows(facts, "Last sync from PostgreSQL21 Mar 2026, 08:20 UTC");
  // The results for the old figures stay until the checks of the new ones are done.
  await shows(checks, "31 of 31 checks ok, running again …");
  resolve();
  await shows(checks, /checks ok, [1-9]\d* failed$/);
});
