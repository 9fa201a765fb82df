import type { ChecksAnswer, FreshnessAnswer } from "../server/answers.ts";
import { noDataAdvice, selectionAdvice, type Target, unavailableAdvice } from "./advice.ts";
import { createCards } from "./cards.ts";
import { onPaletteChange } from "./chart.ts";
import { createCountryTable, type TableView, viewFrom, writeView } from "./country-table.ts";
import { createDataFreshness } from "./data-freshness.ts";
import { createDauByPlatform } from "./dau-by-platform.ts";
import { createDauOverTime } from "./dau-over-time.ts";
import { byId, element } from "./element.ts";
import { createErrorsByMatches } from "./errors-by-matches.ts";
import type { Figures } from "./figures.ts";
import { createFilters } from "./filters.ts";
import { figures, firstFigures } from "./first-figures.ts";
import { createNotice } from "./notice.ts";
import { getJson, ServerProblem, ServerUnavailable } from "./requests.ts";
import { createRevenueOverTime } from "./revenue-over-time.ts";
import { initial, type Selection, selectionFrom, writeSelection } from "./selection.ts";
import { summarise } from "./summary.ts";

// How often to poll for changes, and how often while the server or the data is missing.
const pollMs = 3_000;
const waitingPollMs = 1_000;

let selection: Selection = selectionFrom(new URLSearchParams(location.search));
let tableView: TableView = viewFrom(new URLSearchParams(location.search));
let request = new AbortController();
/** The error of the last request; undefined when it succeeded. */
let serverError: ServerUnavailable | ServerProblem | undefined;
let checkedVersion: string | null | undefined;
/** The source of the figures according to the last answer. */
let target: Target = "local";

const panels = byId("panels");
const dataFreshness = createDataFreshness(byId("data-freshness"));
const notice = createNotice(byId("notice"));
const filters = createFilters(byId("filters"), choose);
const toggleCountry = (country: string) => {
  const { countries } = selection;
  const without = countries.filter((other) => other !== country);
  choose({
    ...selection,
    countries: without.length < countries.length ? without : [...countries, country].sort(),
  });
};
const togglePlatform = (platform: string) =>
  choose({ ...selection, platform: selection.platform === platform ? undefined : platform });

const cards = createCards(chosenText);
const dauOverTime = createDauOverTime(chosenText);
const revenueOverTime = createRevenueOverTime(chosenText);
const dauByPlatform = createDauByPlatform(chosenText, togglePlatform);
const errorsByMatches = createErrorsByMatches(chosenText, toggleCountry);
const countryTable = createCountryTable(chosenText, { toggleCountry, changeView });
panels.append(
  cards.element,
  ...[dauOverTime, dauByPlatform, revenueOverTime, errorsByMatches, countryTable].map(
    (panel) => panel.element,
  ),
);

addEventListener("popstate", () => {
  const parameters = new URLSearchParams(location.search);
  selection = selectionFrom(parameters);
  tableView = viewFrom(parameters);
  void refresh();
});
filters.show(selection);
onPaletteChange(redraw);
document.addEventListener("visibilitychange", () => void checkForChanges());
await firstFigures;
await refresh();
void pollForChanges();

function choose(newSelection: Selection): void {
  selection = newSelection;
  tableView = { ...tableView, page: 1 };
  history.pushState(null, "", urlNow());
  void refresh();
}

/** The view of the table is in the URL too, but adds no history entry: one per typed letter would be useless. */
function changeView(view: TableView): void {
  tableView = view;
  history.replaceState(null, "", urlNow());
  countryTable.showView(view);
}

function urlNow(): string {
  const url = new URL(location.pathname, location.href);
  writeSelection(selection, url.searchParams);
  writeView(tableView, url.searchParams);
  // A comma needs no escaping, and people read the address.
  url.search = url.search.replaceAll("%2C", ",");
  return url.href;
}

/** Shows the selection: at once if its figures are cached, otherwise when the server has sent them. */
async function refresh(): Promise<void> {
  request.abort();
  const cached = figures.cached(selection);
  if (cached && !serverError) return show(cached);
  request = new AbortController();
  const { signal } = request;
  panels.setAttribute("aria-busy", "true");
  try {
    const loaded = await figures.load(selection, signal);
    if (signal.aborted) return;
    serverError = undefined;
    target = figures.days()?.target ?? target;
    if (loaded) show(loaded);
    else showNoData();
  } catch (error) {
    if (!signal.aborted) showServerError(error);
  }
}

function redraw(): void {
  const cached = figures.cached(selection);
  if (cached) show(cached);
}

function show({ covered, range, before, metrics }: Figures): void {
  const summary = summarise(metrics, {
    range,
    before,
    platform: selection.platform,
    countries: selection.countries,
  });
  filters.show(selection, { range, covered, countries: metrics.countries });
  const isEmpty = summary.byCountry.length === 0;
  panels.hidden = isEmpty;
  panels.removeAttribute("aria-busy");
  if (isEmpty) showEmpty(covered);
  else {
    notice.clear();
    cards.show(summary, range, before);
    dauOverTime.show(summary);
    revenueOverTime.show(summary);
    dauByPlatform.show(summary);
    errorsByMatches.show(summary);
    countryTable.show(summary, tableView, selection.countries);
  }
  performance.mark("drawn");
  document.documentElement.dataset.drawn = location.search || "?";
}

function showEmpty(covered: { from: string; to: string }): void {
  notice.show(
    "info",
    "No figures for this selection",
    selectionAdvice(covered),
    element("button", { type: "button", text: "Reset the filters", onclick: () => choose(initial) }),
  );
}

function showNoData(): void {
  panels.hidden = true;
  void getJson<FreshnessAnswer>("api/freshness").then(({ rows }) => {
    if (!figures.days()?.days) notice.show("info", "No data yet", noDataAdvice(rows, target));
  }, showServerError);
}

/** Leaves drawn figures in place; the notice says that they are stale. */
function showServerError(error: unknown): void {
  if (!(error instanceof ServerUnavailable || error instanceof ServerProblem)) throw error;
  serverError = error;
  panels.removeAttribute("aria-busy");
  const staleNote = panels.hidden ? "" : " The figures below are the last ones received.";
  if (error instanceof ServerProblem) {
    const advice = `${error.message}${staleNote} This page keeps retrying.`;
    notice.show("problem", "The figures can't be read at the moment", [advice]);
    return;
  }
  notice.show("problem", "The dashboard's server is unavailable", unavailableAdvice(target, staleNote));
}

/** Polls the server as long as the page is open. */
async function pollForChanges(): Promise<void> {
  for (;;) {
    if (!document.hidden) await checkForChanges();
    const isWaiting = serverError !== undefined || !figures.days()?.days;
    await new Promise((resolve) => setTimeout(resolve, isWaiting ? waitingPollMs : pollMs));
  }
}

async function checkForChanges(): Promise<void> {
  if (document.hidden) return;
  try {
    const freshness = await getJson<FreshnessAnswer>("api/freshness");
    if (freshness.version !== figures.version()) figures.clear();
    if (serverError || !figures.cached(selection)) await refresh();
    const days = figures.days();
    byId("source").textContent = days ? `From the ${days.source}` : "";
    dataFreshness.showFreshness(days?.days?.to, freshness);
    if (days?.days && checkedVersion !== freshness.version) void check(freshness.version);
  } catch (error) {
    showServerError(error);
  }
}

async function check(version: string | null): Promise<void> {
  checkedVersion = version;
  dataFreshness.showChecking();
  try {
    const answer = await getJson<ChecksAnswer>("api/checks");
    if (checkedVersion === version) dataFreshness.showChecks(answer);
  } catch {
    // The next poll runs them again.
    checkedVersion = undefined;
    dataFreshness.showNoChecks("The checks could not be run; the page will try again.");
  }
}

/** The selection as a part of file names. */
function chosenText(): string {
  const shown = figures.cached(selection);
  const days = shown ? [shown.range.from, shown.range.to] : [];
  return [...days, selection.platform, selection.countries.join("-")].filter(Boolean).join("_").slice(0, 120);
}
