import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { CohortsAnswer, FiguresAnswer, PeopleAnswer } from "../../server/answers.ts";
import { RequestRefused, ServerProblem, ServerUnavailable } from "../requests.ts";
import { createPage } from "./page.ts";
import { PageFault } from "./page-fault.ts";

const sums = {
  dau: [5],
  total_iap_revenue: ["1.5"],
  total_ad_revenue: ["0.25"],
  matches_started: [9],
  matches_ended: [8],
  victories: [4],
  defeats: [4],
  server_connection_errors: [0],
  payers: [1],
  new_users: [1],
  total_sessions: [6],
  total_session_duration: ["60.5"],
};

/** A page on a server whose data has this version, and which answers questions with that of `answered`. */
function start({ version = "1", answered = (): string => version, search = "?tab=health" } = {}) {
  const paths: string[] = [];
  const browser = {
    search,
    version,
    isAway: false,
    isHidden: false,
    isRefused: false,
    isBroken: false,
    failing: /^$/,
    lastSync: null as string | null,
    steps: [] as string[],
    untilAnswered: Promise.resolve(),
  };
  const answerTo = (path: string): unknown => {
    if (path === "api/days")
      return {
        version: browser.version,
        isHeld: false,
        source: "test",
        target: "local",
        days: { from: "2026-03-01", to: "2026-03-20" },
      };
    if (path === "api/freshness")
      return {
        version: browser.version,
        isHeld: false,
        rows: { raw: 1, dailyMetrics: 1 },
        runs: [{ name: "sync", at: browser.lastSync }],
      };
    if (path === "api/checks") return { version: browser.version, isHeld: false, days: null, checks: [] };
    if (path.startsWith("api/unusual")) return { version: browser.version, isHeld: false, days: [] };
    if (path.startsWith("api/annotations"))
      return { version: browser.version, isHeld: false, annotations: [] };
    if (path.startsWith("api/cohorts"))
      return { version: answered(), isHeld: false, weeks: [] } satisfies CohortsAnswer;
    if (path.startsWith("api/people"))
      return { version: answered(), isHeld: false, days: [] } satisfies PeopleAnswer;
    const by = new URLSearchParams(path.split("?")[1]).get("by") ?? "";
    const groups = Object.fromEntries(
      by
        .split(",")
        .filter(Boolean)
        .map((name) => [name, [name === "day" ? "2026-03-20" : "TR"]]),
    );
    return { version: answered(), isHeld: false, days: 1, groups, sums } satisfies FiguresAnswer;
  };
  const page = createPage({
    search: () => browser.search,
    write: (written, how) => {
      browser.search = written;
      browser.steps.push(how);
    },
    isHidden: () => browser.isHidden,
    getJson: async <Answer>(path: string) => {
      paths.push(path);
      if (browser.isAway) throw new ServerUnavailable("The server did not answer.");
      if (path.startsWith("api/figures")) await browser.untilAnswered;
      if (path.startsWith("api/figures") && browser.isRefused) throw new RequestRefused("Not that.");
      if (path.startsWith("api/figures") && browser.isBroken) return { version: browser.version } as Answer;
      if (browser.failing.test(path)) throw new ServerProblem("Not now.");
      return answerTo(path) as Answer;
    },
  });
  return { page, browser, paths };
}

describe("the page", () => {
  it("shows its address, and follows the URL", async () => {
    const { page, browser } = start();
    await page.refresh();
    expect(page.state()).toMatchObject({ isLoading: false, shown: "?tab=health", view: { tab: "health" } });
    page.actions.go({ tab: "overview" });
    expect(browser.search).toBe("");
    await expect.poll(() => page.state().view?.tab).toBe("overview");
    browser.search = "?tab=changes";
    page.followUrl();
    await expect.poll(() => page.state().view?.tab).toBe("changes");
  });

  it("requests nothing again that it has, and searching the table builds no figures again", async () => {
    const { page, paths } = start({ search: "" });
    await page.refresh();
    const { view } = page.state();
    const requests = paths.length;
    page.actions.go({ table: { sort: "dau", descending: true, find: "t", page: 1 } }, "replace");
    await expect.poll(() => page.state().shown).toBe("?find=t");
    expect([page.state().view === view, paths.length]).toEqual([true, requests]);
  });

  it("asks again when the data changes between two answers, once, and then says so until the next poll", async () => {
    let answers = 0;
    const { page, browser, paths } = start({ search: "", answered: () => (answers++ < 3 ? "2" : "1") });
    await page.refresh();
    expect(page.state().problem).toBeUndefined();
    expect(paths.filter((path) => path === "api/days")).toHaveLength(2);

    const torn = start({ search: "", answered: () => "2" });
    await torn.page.refresh();
    expect(torn.page.state().problem).toEqual(new ServerProblem("The data is changing at the moment."));
    expect(torn.paths.filter((path) => path === "api/days")).toHaveLength(2);
    torn.browser.version = "2";
    await torn.page.checkForChanges();
    expect(torn.page.state()).toMatchObject({ problem: undefined, view: { tab: "overview" } });
    expect(browser.version).toBe("1");
  });

  it("keeps its figures while the server is away, and comes back by itself", async () => {
    const { page, browser } = start({ search: "" });
    await page.refresh();
    browser.isAway = true;
    await page.checkForChanges();
    expect(page.state()).toMatchObject({
      problem: new ServerUnavailable("The server did not answer."),
      view: { tab: "overview" },
    });
    browser.isAway = false;
    await page.checkForChanges();
    expect(page.state().problem).toBeUndefined();
  });

  it("asks once for what the server refuses, says so again after a failure, and shows another address", async () => {
    const { page, browser, paths } = start({ search: "" });
    const asked = () => paths.filter((path) => path.startsWith("api/figures")).length;
    browser.isRefused = true;
    await page.refresh();
    expect(page.state()).toMatchObject({ problem: new RequestRefused("Not that."), isLoading: false });
    const requests = asked();
    await page.checkForChanges();
    expect(asked()).toBe(requests);
    browser.isAway = true;
    await page.checkForChanges();
    expect(page.state().problem).toBeInstanceOf(ServerUnavailable);
    browser.isAway = false;
    await page.checkForChanges();
    expect(page.state().problem).toBeInstanceOf(RequestRefused);
    browser.isRefused = false;
    page.actions.go({ tab: "changes" });
    await expect.poll(() => page.state().view?.tab).toBe("changes");
    expect(page.state().problem).toBeUndefined();
  });

  it("waits for figures that take longer than a poll", async () => {
    const { page, browser, paths } = start({ search: "" });
    const { promise, resolve } = Promise.withResolvers<void>();
    browser.untilAnswered = promise;
    const drawn = page.refresh();
    await expect.poll(() => paths.some((path) => path.startsWith("api/figures"))).toBe(true);
    const requests = paths.filter((path) => path.startsWith("api/figures")).length;
    await page.checkForChanges();
    expect(paths.filter((path) => path.startsWith("api/figures"))).toHaveLength(requests);
    resolve();
    await drawn;
    expect(page.state().view?.tab).toBe("overview");
  });

  it("asks for nothing while it is hidden", async () => {
    const { page, browser, paths } = start();
    browser.isHidden = true;
    await page.checkForChanges();
    expect(paths).toEqual([]);
  });

  it("looks at new data once it polls: figures, checks and marks", async () => {
    const { page, browser, paths } = start({ search: "", answered: () => browser.version });
    await page.checkForChanges();
    browser.version = "2";
    paths.length = 0;
    await page.checkForChanges();
    await expect.poll(() => paths.includes("api/checks")).toBe(true);
    expect(paths.filter((path) => path.startsWith("api/figures")).length).toBeGreaterThan(0);
    expect(paths.filter((path) => path.startsWith("api/unusual"))).toHaveLength(1);
  });

  it("says that it can't compute figures from what is answered, and shows them once it can", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { page, browser } = start({ search: "" });
    browser.isBroken = true;
    await page.refresh();
    expect(page.state()).toMatchObject({ isLoading: false, problem: expect.any(PageFault) });
    expect(logged).toHaveBeenCalledWith(expect.any(TypeError));
    await page.checkForChanges();
    expect(page.state().problem).toBeInstanceOf(PageFault);
    browser.isBroken = false;
    await page.checkForChanges();
    expect(page.state()).toMatchObject({ problem: undefined, view: { tab: "overview" } });
  });

  it("goes on polling after what can't be drawn", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { page, paths } = start();
    let canDraw = true;
    page.onChange(() => {
      if (!canDraw) throw new TypeError("no rows");
    });
    await page.refresh();
    canDraw = false;
    void page.poll();
    await vi.advanceTimersByTimeAsync(0);
    expect(logged).toHaveBeenCalledWith(new TypeError("no rows"));
    canDraw = true;
    const asked = paths.length;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(paths.slice(asked)).toContain("api/days");
  });

  it("takes a day in that a sync has completed, or that is over since, although no figure has changed", async () => {
    const { page, browser } = start({ search: "" });
    const lastDay = () => page.state().view?.frame.resolved.range.to;
    browser.lastSync = "2026-03-20T08:00:00Z";
    await page.checkForChanges();
    expect(lastDay()).toBe("2026-03-19");
    browser.lastSync = "2026-03-21T00:05:00Z";
    await page.checkForChanges();
    expect(lastDay()).toBe("2026-03-20");

    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-20T23:59:00Z") });
    onTestFinished(() => void vi.useRealTimers());
    const overnight = start({ search: "?tab=retention" });
    await overnight.page.checkForChanges();
    const cohorts = () => overnight.paths.filter((path) => path.startsWith("api/cohorts"));
    const marks = () => overnight.paths.filter((path) => path.startsWith("api/unusual"));
    const checks = () => overnight.paths.filter((path) => path === "api/checks");
    expect([cohorts().length, marks().length, checks().length]).toEqual([1, 1, 1]);
    vi.setSystemTime(new Date("2026-03-21T00:01:00Z"));
    await overnight.page.checkForChanges();
    expect(overnight.page.state().view?.frame.resolved.range.to).toBe("2026-03-20");
    expect([cohorts().length, marks().length, checks().length]).toEqual([2, 2, 2]);
  });

  it("asks again for unusual days that could not be read, and says so until it has them", async () => {
    const { page, browser, paths } = start();
    expect(page.state().unusualUnknown).toMatch(/being looked for/);
    browser.failing = /^api\/unusual/;
    await page.checkForChanges();
    await expect.poll(() => page.state().unusualUnknown).toMatch(/could not be read/);
    browser.failing = /^$/;
    await page.checkForChanges();
    await expect.poll(() => page.state().unusualUnknown).toBeUndefined();
    await page.checkForChanges();
    expect(paths.filter((path) => path.startsWith("api/unusual"))).toHaveLength(2);
  });

  it("takes no step of the history to what it shows already", async () => {
    const { page, browser } = start({ search: "" });
    page.actions.go({ tab: "people" });
    page.actions.go({ tab: "people" });
    expect(browser.steps).toEqual(["push", "replace"]);
  });
});
