import { describe, expect, it } from "vitest";
import { addDays } from "../days.ts";
import { localSource } from "../server/local-source.ts";
import { openPage, untilDrawn } from "../testing/browser.ts";
import { clanPeriods, clanRows, clanStates, lastClanDay } from "../testing/clan-fixture.ts";
import { panel, saveCsv, serveOther, startDashboard, tableBehind } from "../testing/dashboard.ts";
import { makeFixture } from "../testing/fixture.ts";
import { panelWidths } from "../testing/panel-widths.ts";

const { fixture, address, browser } = await startDashboard(
  makeFixture(clanRows, { periods: clanPeriods, states: clanStates }),
);
const open = (search: string) => openPage(browser, `${address}${search}`);

type OpenPage = Awaited<ReturnType<typeof open>>;

async function cellsOf(page: OpenPage, title: string): Promise<string[][]> {
  return panel(page, title)
    .locator("table tbody tr")
    .evaluateAll((found: { cells: Iterable<{ textContent: string }> }[]) =>
      found.map((row) => [...row.cells].map((cell) => cell.textContent.trim())),
    );
}

describe("Clans", () => {
  it("has no panel so narrow that columns of its tables are out of sight", async () => {
    const panels = await panelWidths(await open("?tab=clans&days=all"));
    expect(panels.map(({ id }) => id)).toContain("membership-retention");
    expect(panels.filter(({ width, cut }) => width < 380 || cut.length > 0)).toEqual([]);
  });

  it("shows members beside the others, and the retention of both with its caveat", async () => {
    const page = await open("?tab=clans&days=14");
    const [share, , , arpdau] = await cellsOf(page, "Members of clans and all others");
    // Ten owls, and the wolf from day 23 on: 147 of the 154 visits of 14 days.
    expect(share).toEqual(["Share of DAU", "95.5%", "4.5%", "154"]);
    expect(arpdau?.[0]).toBe("ARPDAU");
    const retention = await cellsOf(page, "Retention in a clan and without");
    expect(retention).toEqual([]);
    await page.goto(page.url().replace("days=14", "days=all"));
    await untilDrawn(page);
    const whole = await cellsOf(page, "Retention in a clan and without");
    expect(whole.map(([name, day]) => [name, day])).toEqual([
      ["Of those still active on day 7", "D14"],
      ["Of all installs", "D14"],
    ]);
    expect(whole[0]?.[2]).toMatch(/^100\.0% \(72\.2% to 100\.0%, 10\)$/);
    expect(whole[0]?.[4]).toBe("+83.3 points");
    await page.getByText("This is no experiment").waitFor();
  });

  it("saves as CSV what its tables show, to the last digit", async () => {
    const page = await open("?tab=clans&days=all");
    const { name, rows: sides } = await saveCsv(page, "Members of clans and all others");
    expect(name).toMatch(/^members-and-others_2026-02-20_2026-03-21\.csv$/);
    const [dau] = await fixture.query(
      `select 'dau' as metric, cast(sum(dau) filter (membership = 'in_clan') as varchar) as in_clan,
         cast(sum(dau) filter (membership = 'no_clan') as varchar) as no_clan, cast(sum(dau) as varchar) as "all"
       from clan_case_analytics.membership_metrics`,
    );
    expect(sides).toContainEqual(dau);
    const { rows: retention } = await saveCsv(page, "Retention in a clan and without");
    expect(
      retention.map(({ comparison, day_n, membership, users, retained }) => [
        comparison,
        day_n,
        membership,
        users,
        retained,
      ]),
    ).toContainEqual(["active_on_day_7", "14", "in_clan", "10", "10"]);
    const { rows: growing } = await saveCsv(page, "Growing clans");
    expect(growing.map(({ clan_id, name, members }) => [clan_id, name, members])).toContainEqual([
      "wolves",
      "Lone Wolves",
      "1",
    ]);
  });

  it("opens a clan by keyboard, shows its days, and goes back", async () => {
    const page = await open("?tab=clans&days=14");
    const link = panel(page, "Growing clans").getByRole("link", { name: "Lone Wolves" });
    await link.focus();
    await page.keyboard.press("Enter");
    await untilDrawn(page);
    expect(page.url()).toContain("clan=wolves");
    await page.getByRole("heading", { name: "Lone Wolves" }).waitFor();
    const members = await tableBehind(page, "Members");
    expect(members.at(-1)?.slice(1)).toEqual(["1", "1", "1"]);
    await page.reload();
    await page.getByRole("heading", { name: "Lone Wolves" }).waitFor();
    await page.getByRole("button", { name: "All clans" }).click();
    await untilDrawn(page);
    await panel(page, "Growing clans").waitFor();
  });

  it("takes the focus along: to a clan's heading, and back to its link or the field", async () => {
    const page = await open("?tab=clans&days=14&clan_name=wolves");
    const focused = () => page.evaluate("document.activeElement.textContent") as Promise<string>;
    const listOfFocus = () => page.evaluate("document.activeElement.closest('section')?.id");
    for (const list of ["Growing clans", "Clans with “wolves”"]) {
      await panel(page, list).getByRole("link", { name: "Lone Wolves" }).focus();
      await page.keyboard.press("Enter");
      await page.locator(".lead").waitFor();
      expect(await focused()).toBe("Lone Wolves");
      expect(await page.evaluate("document.activeElement.tagName")).toBe("H2");
      await page.getByRole("button", { name: "All clans" }).focus();
      await page.keyboard.press("Enter");
      await panel(page, list).waitFor();
      expect([await focused(), await listOfFocus()]).toEqual([
        "Lone Wolves",
        list === "Growing clans" ? "growing-clans" : "found-clans",
      ]);
    }
    await page.goto(`${address}?tab=clans&days=14&clan=nobody`);
    await page.getByText("No figures of this clan in the period").waitFor();
    expect(await page.evaluate("document.activeElement.tagName")).toBe("BODY");
    await page.getByRole("button", { name: "All clans" }).focus();
    await page.keyboard.press("Enter");
    await panel(page, "Growing clans").waitFor();
    expect(await page.evaluate("document.activeElement.name")).toBe("name");
  });

  it("finds a clan by a part of its name, from the keyboard; the link shows the same", async () => {
    const page = await open("?tab=clans&days=14");
    await page.getByLabel("Find a clan").focus();
    await page.keyboard.type(" night");
    await page.keyboard.press("Enter");
    await untilDrawn(page);
    const found = () => cellsOf(page, "Clans with “night”");
    expect(await found()).toEqual([["Night Owls EU", "10", "10", "×1.00", "25 days before"]]);
    expect(await page.evaluate("document.activeElement.name")).toBe("name");
    await page.reload();
    await untilDrawn(page);
    expect(await found()).toHaveLength(1);
    expect(await page.getByLabel("Find a clan").inputValue()).toBe("night");
    await page.getByLabel("Find a clan").fill("%");
    await page.getByRole("button", { name: "Find", exact: true }).click();
    await panel(page, "Clans with “%”").getByText("No clan with this name or id").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await untilDrawn(page);
    expect(page.url()).not.toContain("clan_name");
    expect(await page.getByLabel("Find a clan").inputValue()).toBe("");
    expect(await page.evaluate("document.activeElement.name")).toBe("name");
  });

  it("draws a day without a row of the clan as a gap, not as the day after the last one", async () => {
    const page = await open(`?tab=clans&days=all&clan=wolves`);
    await page.getByRole("heading", { name: "Lone Wolves" }).waitFor();
    await untilDrawn(page);
    const members = await tableBehind(page, "Members");
    expect(members).toHaveLength(30);
    expect(members.map(([, count]) => count)).toEqual([...Array(23).fill("–"), ...Array(7).fill("1")]);
  });

  it("opens a clan by its id in capitals, and all clans instead of what no id can be", async () => {
    const page = await open("?tab=clans&days=14&clan=WOLVES");
    await page.getByRole("heading", { name: "Lone Wolves" }).waitFor();
    await page.goto(`${address}?tab=clans&days=14&platform=FOO&clan=${"x".repeat(300)}`);
    await untilDrawn(page);
    await panel(page, "Growing clans").getByRole("link", { name: "Lone Wolves" }).waitFor();
    expect(await page.locator(".notice").count()).toBe(0);
  });

  it("marks a day that isn't over: in the health of clans, in their lists, and on a clan's page", async () => {
    // They come after the last sync, so that the last day isn't complete.
    const synced = await makeFixture(clanRows, { periods: clanPeriods, states: clanStates });
    await synced.query(
      `insert into clan_case_raw.activity_syncs
        (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted) values
        ('y', '${lastClanDay} 08:20:00+00', '${lastClanDay} 08:20:01+00', '${lastClanDay} 08:19:50+00', 1, 0, 0)`,
    );
    const page = await openPage(
      browser,
      `${await serveOther(localSource(synced.path))}?tab=clans&days=14&incomplete=1&clan_name=o`,
    );
    const unfinished = "21 Mar 2026 (not over)";
    await panel(page, `Health of clans on ${unfinished}`).waitFor();
    await panel(page, "Growing clans").getByText(`As of ${unfinished}.`).waitFor();
    await panel(page, "Clans with “o”").getByText(`As of ${unfinished}.`).waitFor();
    const mark = { event_date: lastClanDay, is_over: "false" };
    for (const title of [`Health of clans on ${unfinished}`, "Growing clans", "Clans with “o”"])
      expect((await saveCsv(page, title)).rows[0]).toMatchObject(mark);
    await panel(page, "Growing clans").getByRole("link", { name: "Lone Wolves" }).click();
    await page.getByText(`Growing on ${unfinished}: `).waitFor();
    await page.getByRole("checkbox", { name: "Count days that aren't over" }).uncheck();
    await page.getByText("Growing on 20 Mar 2026: ").waitFor();
    await page.getByRole("button", { name: "All clans" }).click();
    const { rows } = await saveCsv(page, "Growing clans");
    expect(rows[0]).toMatchObject({ event_date: "2026-03-20", is_over: "true" });
  });

  it("CSVs of charts have ISO days and say which is over, and their tables have the year", async () => {
    const page = await open("?tab=clans&days=7");
    const { rows: shares } = await saveCsv(page, "Share in clans");
    expect(shares.at(-1)).toEqual({
      ...{ event_date: lastClanDay, share_of_dau: "1", share_of_revenue: "1", is_over: "true" },
    });
    expect((await tableBehind(page, "Share in clans")).at(-1)?.[0]).toBe("21 Mar 2026");
    await page.goto(`${page.url()}&clan=wolves`);
    await untilDrawn(page);
    const last = async (title: string) => (await saveCsv(page, title)).rows.at(-1);
    const day = { event_date: lastClanDay, is_over: "true" };
    expect(await last("Members")).toEqual({
      ...day,
      ...{ members: "1", weekly_active_members: "1", active_members: "1" },
    });
    expect(await last("Matches")).toEqual({ ...day, matches_started: "1", victories: "0" });
    expect(await last("Joins and leaves")).toEqual({ ...day, joins: "0", leaves: "0" });
    expect(await last("Sessions")).toEqual({ ...day, sessions: "2" });
  });

  it("says how many clans a list leaves out", async () => {
    const clans = Array.from({ length: 21 }, (_, at) => `clan-${at}`);
    const states = clans.map((clan_id) => ({ ...clanStates[0], clan_id, name: clan_id }));
    const wolf = clanPeriods.find(({ clan_id }) => clan_id === "wolves");
    const periods = clans.map((clan_id, at) => ({ ...wolf, period_id: 100 + at, clan_id }));
    const many = await makeFixture(clanRows, { periods: [...periods, ...clanPeriods], states });
    const page = await openPage(browser, `${await serveOther(localSource(many.path))}?tab=clans`);
    await panel(page, "Growing clans").getByText("20 of 22.").waitFor();
    expect(await cellsOf(page, "Growing clans")).toHaveLength(20);
    expect(await panel(page, "Fading clans").getByText(" of ").count()).toBe(0);
  });

  it.each([1280, 1440, 390])(
    "a list of clans has room for every column at %i pixels, and cuts long names",
    async (width) => {
      const name = "The Most Honourable Company of Night Owls and Early Birds of Constantinople";
      const states = clanStates.map((state) => ({ ...state, name }));
      const named = await makeFixture(clanRows, { periods: clanPeriods, states });
      const page = await openPage(browser, `${await serveOther(localSource(named.path))}?tab=clans&days=14`, {
        viewport: { width, height: 800 },
      });
      const list = panel(page, "Growing clans");
      expect(await list.getByRole("link", { name }).getAttribute("title")).toBe(name);
      const area = list.locator(".scroll");
      // A phone scrolls to the last column, and keeps room for the name.
      const hidden = await area.evaluate((element) => element.scrollWidth - element.clientWidth);
      expect(hidden).toBeLessThanOrEqual(width < 640 ? 150 : 0);
      const { width: nameWidth = 0 } = (await list.getByRole("link", { name }).boundingBox()) ?? {};
      expect(nameWidth).toBeGreaterThan(60);
    },
  );

  it("writes a clan's name as text, and says when a clan has no figures", async () => {
    const page = await open("?tab=clans&days=14&clan=ghosts");
    await page.getByRole("heading", { name: "<b>Ghosts</b>" }).waitFor();
    await page.getByText("Dead on 21 Mar 2026: 4 members, 0 of them active in 7 days").waitFor();
    await page.goto(page.url().replace("clan=ghosts", "clan=nobody"));
    await page.getByText("No figures of this clan in the period").waitFor();
  });

  it("says when a clan was deleted, and counts a single member as one", async () => {
    const page = await open("?tab=clans&days=14&clan=bears");
    const lead = page.locator(".lead");
    const shows = (text: string) => expect.poll(() => lead.textContent()).toContain(text);
    await shows("Deleted on 18 Mar 2026; region EU.");
    await page.goto(`${address}?tab=clans&from=2026-03-10&to=2026-03-17&clan=bears`);
    await shows("Dead on 17 Mar 2026: 1 member, not active in 7 days; region EU.");
    await shows("It was deleted on 18 Mar 2026.");
    await page.goto(`${address}?tab=clans&from=2026-03-20&to=2026-03-21&clan=bears`);
    await page.getByText("bears was deleted on 18 Mar 2026. Choose a longer period.").waitFor();
    await page.goto(`${address}?tab=clans&days=14&clan=wolves`);
    await shows("Growing on 21 Mar 2026: 1 member, active in 7 days; region EU.");
  });

  it("says that a period has no figures, and goes on searching for clans", async () => {
    const page = await open("?tab=clans&from=2020-01-01&to=2020-01-31");
    const notice = page.locator(".notice");
    await notice.getByText("No clan has figures in the period").waitFor();
    await notice.getByText("The data begins on 20 Feb 2026, after 1 Jan 2020 to 31 Jan 2020.").waitFor();
    expect(await page.getByText("npm run sync").count()).toBe(0);
    await page.getByLabel("Find a clan").fill("owl");
    await page.keyboard.press("Enter");
    await untilDrawn(page);
    await panel(page, "Clans with “owl”").getByText("No clan with this name or id").waitFor();
  });

  it("adds up a clan's revenue exactly: $0.003 and $0.022 are $0.03, not the $0.02 of their sum as floats", async () => {
    const amounts: Record<string, string> = { [addDays(lastClanDay, -1)]: "0.003", [lastClanDay]: "0.022" };
    const rows = clanRows.map((row) => ({ ...row, ad_revenue: amounts[String(row.event_date)] ?? "1" }));
    const other = await makeFixture(rows, { periods: clanPeriods, states: clanStates });
    const page = await openPage(
      browser,
      `${await serveOther(localSource(other.path))}?tab=clans&days=2&clan=wolves`,
    );
    await page.locator(".lead").getByText("$0.03 of revenue in the period").waitFor();
  });

  it("says that no player is in a clan where none is", async () => {
    const without = await makeFixture(clanRows);
    const page = await openPage(browser, `${await serveOther(localSource(without.path))}?tab=clans`);
    await page.getByText("No player is in a clan yet").waitFor();
  });
});

it("membership is a split of the explorer and of what changed", async () => {
  const page = await open("?tab=explore&days=14");
  await page.getByLabel("Split by").selectOption("membership");
  await untilDrawn(page);
  const lines = await tableBehind(page, "DAU by day");
  expect(lines.at(-1)?.slice(1)).toEqual(["11", "0"]);
  await page.goto(page.url().replace("tab=explore", "tab=changes").replace("days=14", "days=7"));
  await untilDrawn(page);
  const changed = await cellsOf(page, "By clan membership");
  expect(changed.map(([name]) => name)).toEqual(expect.arrayContaining(["In a clan"]));
});
