import type { ChecksAnswer, FreshnessAnswer } from "../server/answers.ts";
import { awayAdvice, noDataAdvice, selectionAdvice, type Target } from "./advice.ts";
import { createCards } from "./cards.ts";
import { onPaletteChange } from "./chart.ts";
import { createCountryTable, type TableView, viewFrom, writeView } from "./country-table.ts";
import { createDauByPlatform } from "./dau-by-platform.ts";
import { createDauOverTime } from "./dau-over-time.ts";
import { byId, element } from "./element.ts";
import { createErrorsByMatches } from "./errors-by-matches.ts";
import type { Figures } from "./figures.ts";
import { createFilters } from "./filters.ts";
import { figures, firstFigures } from "./first-figures.ts";
import { createNotice } from "./notice.ts";
import { ask, ServerAway, ServerRefused } from "./requests.ts";
import { createRevenueOverTime } from "./revenue-over-time.ts";
import { initial, type Selection, selectionFrom, writeSelection } from "./selection.ts";
import { summarise } from "./summary.ts";
import { createTrust } from "./trust.ts";

// How often to look whether the data has changed, and how often whether what is missing is there.
const usualPauseMs = 3_000;
const shortPauseMs = 1_000;

let selection: Selection = selectionFrom(new URLSearchParams(location.search));
let tableView: TableView = viewFrom(new URLSearchParams(location.search));
let request = new AbortController();
/** What is wrong with the server at the moment. */
let trouble: ServerAway | ServerRefused | undefined;
let checkedVersion: string | null | undefined;
/** Where the figures come from, as it was told last. */
let target: Target = "local";

const panels = byId("panels");
const trust = createTrust(byId("trust"));
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
document.addEventListener("visibilitychange", () => void lookForNews());
await firstFigures;
await refresh();
void keepUp();

function choose(newSelection: Selection): void {
  selection = newSelection;
  tableView = { ...tableView, page: 1 };
  history.pushState(null, "", urlNow());
  void refresh();
}

/** The view of the table is in the URL as well, but is no step back: nobody goes back letter by letter. */
function changeView(view: TableView): void {
  tableView = view;
  history.replaceState(null, "", urlNow());
  countryTable.showView(view);
}

function urlNow(): string {
  const url = new URL(location.pathname, location.href);
  writeSelection(selection, url.searchParams);
  writeView(tableView, url.searchParams);
  // A comma needs no escape, and the address is for people.
  url.search = url.search.replaceAll("%2C", ",");
  return url.href;
}

/** Shows the selection: at once when its figures are here, else when the server has sent them. */
async function refresh(): Promise<void> {
  request.abort();
  const atHand = figures.atHand(selection);
  if (atHand && !trouble) return show(atHand);
  request = new AbortController();
  const { signal } = request;
  panels.setAttribute("aria-busy", "true");
  try {
    const loaded = await figures.load(selection, signal);
    if (signal.aborted) return;
    trouble = undefined;
    target = figures.days()?.target ?? target;
    if (loaded) show(loaded);
    else showNoData();
  } catch (error) {
    if (!signal.aborted) showTrouble(error);
  }
}

function redraw(): void {
  const atHand = figures.atHand(selection);
  if (atHand) show(atHand);
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
  void ask<FreshnessAnswer>("api/freshness").then(({ rows }) => {
    if (!figures.days()?.days) notice.show("info", "No data yet", noDataAdvice(rows, target));
  }, showTrouble);
}

/** Figures that were drawn stay; the notice says that they are old. */
function showTrouble(error: unknown): void {
  if (!(error instanceof ServerAway || error instanceof ServerRefused)) throw error;
  trouble = error;
  panels.removeAttribute("aria-busy");
  const old = panels.hidden ? "" : " The figures below are those from before.";
  if (error instanceof ServerRefused) {
    const advice = `${error.message}${old} This page goes on trying.`;
    notice.show("problem", "The figures can't be read at the moment", [advice]);
    return;
  }
  notice.show("problem", "The dashboard's server is away", awayAdvice(target, old));
}

/** Looks again and again whether there is something new. */
async function keepUp(): Promise<void> {
  for (;;) {
    if (!document.hidden) await lookForNews();
    const isWaiting = trouble !== undefined || !figures.days()?.days;
    await new Promise((resolve) => setTimeout(resolve, isWaiting ? shortPauseMs : usualPauseMs));
  }
}

async function lookForNews(): Promise<void> {
  if (document.hidden) return;
  try {
    const freshness = await ask<FreshnessAnswer>("api/freshness");
    if (freshness.version !== figures.version()) figures.forget();
    if (trouble || !figures.atHand(selection)) await refresh();
    const days = figures.days();
    byId("source").textContent = days ? `From the ${days.source}` : "";
    trust.showFreshness(days?.days?.to, freshness);
    if (days?.days && checkedVersion !== freshness.version) void check(freshness.version);
  } catch (error) {
    showTrouble(error);
  }
}

async function check(version: string | null): Promise<void> {
  checkedVersion = version;
  trust.showChecking();
  try {
    const answer = await ask<ChecksAnswer>("api/checks");
    if (checkedVersion === version) trust.showChecks(answer);
  } catch {
    // Asked again with the next news.
    checkedVersion = undefined;
    trust.showNoChecks("The checks could not be run; they are tried again.");
  }
}

/** For the names of files: the days, and what else is chosen. */
function chosenText(): string {
  const shown = figures.atHand(selection);
  const days = shown ? [shown.range.from, shown.range.to] : [];
  return [...days, selection.platform, selection.countries.join("-")].filter(Boolean).join("_").slice(0, 120);
}
