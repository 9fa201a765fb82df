import { addDays } from "../../days.ts";
import type {
  AnnotationsAnswer,
  ChecksAnswer,
  DaysAnswer,
  FreshnessAnswer,
  UnusualAnswer,
} from "../../server/answers.ts";
import { rangeText } from "../figures/names.ts";
import { type Known, lastCompleteDay, type Range } from "../figures/periods.ts";
import { type getJson, RequestRefused, ServerProblem, ServerUnavailable } from "../requests.ts";
import { type Address, addressFrom, searchOf } from "./address.ts";
import { createAnswers, VersionChanged } from "./answers.ts";
import { PageFault } from "./page-fault.ts";
import { type AnyJson, toAnswer } from "./questions.ts";
import type { State } from "./state.ts";
import { createStore } from "./store.ts";
import { buildView, type View } from "./view.ts";

// How often to ask for changes, and how often while the server or the data is missing.
// BigQuery's version is looked up twice a minute, and each request to a deployed dashboard costs.
const pollMs = { local: 3_000, bigquery: 30_000 };
const waitingPollMs = 1_000;
// Older days were looked at when they were new.
const daysLookedAt = 30;
const lookingForUnusual = "Unusual days are being looked for …";

/** What the parts of the page can do. */
export interface Actions {
  /** Shows another address; `replace` adds no entry to the history. */
  go(changes: Partial<Address>, replace?: "replace"): void;
}

/** What the page needs of the browser. */
export interface Browser {
  /** The search of the URL. */
  search(): string;
  /** Changes the search of the URL, with or without an entry of the history. */
  write(search: string, how: "push" | "replace"): void;
  isHidden(): boolean;
  getJson: typeof getJson;
}

/** The page without its drawing: its state, its actions, and what keeps it up to date. */
export function createPage({ search, write, isHidden, getJson }: Browser) {
  const answers = createAnswers();
  let draw: (state: State) => void = () => {};
  const store = createStore<State>(
    {
      address: addressFrom(new URLSearchParams(search())),
      isLoading: true,
      checks: { isRunning: false },
      marks: { unusual: [], annotations: [] },
      unusualUnknown: lookingForUnusual,
      announcement: "",
      palette: 0,
      isPrinting: false,
    },
    (changed) => draw(changed),
  );
  const { state, set } = store;
  let request = new AbortController();
  let lastView: { key: string; view: View } | undefined;
  // The data that was checked, and whose unusual days and annotations were requested: its version, and the day (UTC).
  let checkedOf: string | undefined;
  let unusualOf: string | undefined;
  let annotationsOf: string | undefined;
  // The URL whose figures the server has refused: only another one is worth a request.
  let refused: string | undefined;

  const actions: Actions = {
    go(changes, replace) {
      const address = { ...state().address, ...changes };
      // The step back from what is shown already would show nothing else.
      write(searchOf(address), searchOf(address) === search() ? "replace" : (replace ?? "push"));
      set({ address });
      void refresh();
    },
  };

  return {
    state,
    set,
    actions,
    /** Draws now and after every change. */
    onChange(listener: (state: State) => void) {
      draw = listener;
      draw(state());
    },
    /** Shows the address of the URL, as after a step back. */
    followUrl() {
      set({ address: addressFrom(new URLSearchParams(search())) });
      void refresh();
    },
    refresh,
    checkForChanges,
    /** Asks for changes as long as the page is open. */
    async poll(): Promise<void> {
      for (;;) {
        // What could not be drawn, the next answer may repair.
        await checkForChanges().catch(console.error);
        const { problem, days } = state();
        const isTemporary = problem && !(problem instanceof PageFault) && search() !== refused;
        const isWaiting = isTemporary || !days?.days;
        await new Promise((resolve) =>
          setTimeout(resolve, isWaiting ? waitingPollMs : pollMs[days?.target ?? "local"]),
        );
      }
    },
  };

  /** Draws the address: at once if its answers are there, otherwise when the server has sent them. */
  async function refresh({ isRetry = false } = {}): Promise<void> {
    request.abort();
    request = new AbortController();
    const { signal } = request;
    const { address } = state();
    set({ isLoading: true });
    try {
      const known = await loadKnown(signal, isRetry);
      if (signal.aborted) return;
      if (!known) return set({ isLoading: false, problem: undefined });
      answers.keepOnly(state().days?.version ?? null, known.today);
      const key = viewKey(address, known);
      // Searching the table changes the address, and none of the figures.
      const last = lastView?.key === key ? lastView.view : undefined;
      const view =
        last ??
        (await answers.build(
          (ask) => buildView(address, known, ask),
          async (path) => toAnswer(await getJson<AnyJson>(path, signal)),
        ));
      if (signal.aborted) return;
      lastView = { key, view };
      const { range } = view.frame.resolved;
      const announcement = `Figures of ${rangeText(range.from, range.to)}`;
      refused = undefined;
      set({ view, shown: search(), isLoading: false, problem: undefined, announcement });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof RequestRefused) refused = search();
      // What the page can't compute figures from may be answered better the next time.
      if (!isExpected(error)) answers.forget();
      if (!(error instanceof VersionChanged)) return report(error);
      if (!isRetry) return refresh({ isRetry: true });
      report(new ServerProblem("The data is changing at the moment."));
    }
  }

  /** What a view depends on. */
  function viewKey({ table: _, ...address }: Address, known: Known): string {
    return JSON.stringify([address, known, state().days?.version]);
  }

  /** What is known of the data, asked again if it may have changed; undefined while it has no days. */
  async function loadKnown(signal: AbortSignal, isChanged: boolean): Promise<Known | undefined> {
    const [days, freshness] = await Promise.all([
      (isChanged ? undefined : state().days) ?? getJson<DaysAnswer>("api/days", signal),
      state().freshness ?? getJson<FreshnessAnswer>("api/freshness", signal),
    ]);
    const known = knownOf(days, freshness);
    set({ days, freshness });
    return known;
  }

  function report(error: unknown): void {
    // For the developer's tools: it is a defect.
    if (!isExpected(error)) console.error(error);
    const problem = isExpected(error)
      ? error
      : new PageFault("The figures can't be computed.", { cause: error });
    set({ problem, isLoading: false });
  }

  async function checkForChanges(): Promise<void> {
    if (isHidden()) return;
    try {
      const [days, freshness] = await Promise.all([
        getJson<DaysAnswer>("api/days"),
        getJson<FreshnessAnswer>("api/freshness"),
      ]);
      const { days: before, problem, shown, isLoading } = state();
      const isOther = before?.version !== days.version;
      const known = knownOf(days, freshness);
      set({ days, freshness });
      // Another day is over, although no figure has changed.
      const isOutdated =
        known !== undefined && lastView !== undefined && lastView.key !== viewKey(state().address, known);
      // A request that takes longer than a poll is not sent again.
      const isMissing =
        !isLoading && search() !== refused && (problem !== undefined || shown !== search() || isOutdated);
      if (isOther || isMissing) await refresh();
      if (!known) return;
      const data = `${freshness.version} ${known.today}`;
      if (unusualOf !== data) void loadUnusual(known.covered, data);
      if (annotationsOf !== data) void loadAnnotations(known.covered, data);
      if (checkedOf !== data) void check(data);
    } catch (error) {
      // Once the server is back, its refusal is to be shown again.
      refused = undefined;
      report(error);
    }
  }

  /** The unusual days among the newest. Those of the previous data stay, with a sentence, until they are known. */
  async function loadUnusual({ from, to }: Range, data: string): Promise<void> {
    unusualOf = data;
    if (!state().unusualUnknown) set({ unusualUnknown: lookingForUnusual });
    const newest = addDays(to, 1 - daysLookedAt);
    const answer = await getJson<UnusualAnswer>(
      `api/unusual?from=${newest > from ? newest : from}&to=${to}`,
    ).catch(() => undefined);
    // Newer data has come meanwhile, and a request of its own.
    if (unusualOf !== data) return;
    if (answer) {
      set({ unusualUnknown: undefined, marks: { ...state().marks, unusual: answer.days } });
      return;
    }
    // The next poll requests them again.
    unusualOf = undefined;
    set({ unusualUnknown: "The unusual days could not be read; the page will try again." });
  }

  /** The annotations of all days. Without them, the page has its figures all the same. */
  async function loadAnnotations({ from, to }: Range, data: string): Promise<void> {
    annotationsOf = data;
    const answer = await getJson<AnnotationsAnswer>(`api/annotations?from=${from}&to=${to}`).catch(
      () => undefined,
    );
    if (annotationsOf !== data) return;
    if (answer) set({ marks: { ...state().marks, annotations: answer.annotations } });
    // The next poll requests them again.
    else annotationsOf = undefined;
  }

  /** Runs the checks; the results for the previous data stay until they have run again. */
  async function check(data: string): Promise<void> {
    checkedOf = data;
    set({ checks: { ...state().checks, isRunning: true } });
    try {
      const answer = await getJson<ChecksAnswer>("api/checks");
      if (checkedOf === data) set({ checks: { answer, isRunning: false } });
    } catch {
      // The next poll runs them again.
      checkedOf = undefined;
      set({ checks: { isRunning: false, problem: "The checks could not be run; the page will try again." } });
    }
  }
}

const isExpected = (error: unknown) => error instanceof ServerUnavailable || error instanceof ServerProblem;

/** What is known of the data; undefined while it has no days. */
function knownOf({ days }: DaysAnswer, { runs }: FreshnessAnswer): Known | undefined {
  if (!days) return undefined;
  const now = new Date();
  return {
    covered: days,
    missing: days.missing,
    today: now.toISOString().slice(0, 10),
    lastComplete: lastCompleteDay(now, runs, days),
  };
}
