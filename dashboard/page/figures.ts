import type { DaysAnswer, MetricsAnswer } from "../server/answers.ts";
import { type Metrics, readMetrics } from "./metrics.ts";
import { getJson } from "./requests.ts";
import { type Range, rangeBefore, rangeOf, type Selection } from "./selection.ts";

/** The figures that a selection needs: those of its days and of the previous period. */
export interface Figures {
  covered: Range;
  range: Range;
  before: Range | undefined;
  metrics: Metrics;
}

/** Caches the last figures received, so that most filter changes need no request. */
export function createFigures() {
  let days: DaysAnswer | undefined;
  let loaded: { range: Range; metrics: Metrics } | undefined;

  return {
    /** The version of the data that the figures are of; undefined before the first answer. */
    version: () => (loaded ? loaded.metrics.version : days?.version),
    days: () => days,
    /** Makes the next load request everything again. */
    clear() {
      days = undefined;
      loaded = undefined;
    },
    /** Returns the figures if they need no request. */
    cached(selection: Selection): Figures | undefined {
      const needed = days?.days && neededFor(selection, days.days);
      if (!needed || !loaded || !contains(loaded.range, needed.load)) return undefined;
      return { ...needed, metrics: loaded.metrics };
    },
    /**
     * Requests the figures; undefined if there are none at all.
     * @throws {ServerUnavailable | ServerProblem}
     */
    async load(selection: Selection, signal: AbortSignal): Promise<Figures | undefined> {
      const answer = days?.days ? days : await getJson<DaysAnswer>("api/days", signal);
      days = answer;
      if (!answer.days) return undefined;
      const needed = neededFor(selection, answer.days);
      const { from, to } = needed.load;
      const metrics = readMetrics(
        await getJson<MetricsAnswer>(`api/daily-metrics?from=${from}&to=${to}`, signal),
      );
      loaded = { range: needed.load, metrics };
      return { ...needed, metrics };
    },
  };
}

function neededFor({ period }: Selection, covered: Range) {
  const range = rangeOf(period, covered);
  const before = rangeBefore(range, covered);
  return { covered, range, before, load: { from: before?.from ?? range.from, to: range.to } };
}

const contains = (outer: Range, inner: Range) => outer.from <= inner.from && outer.to >= inner.to;
