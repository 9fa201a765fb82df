import type { DaysAnswer, MetricsAnswer } from "../server/answers.ts";
import { type Metrics, readMetrics } from "./metrics.ts";
import { ask } from "./requests.ts";
import { type Range, rangeBefore, rangeOf, type Selection } from "./selection.ts";

/** The figures that a selection needs: its own days, and those of the period before. */
export interface Figures {
  covered: Range;
  range: Range;
  before: Range | undefined;
  metrics: Metrics;
}

/** Keeps the figures that came last, so that most changes of the filters ask the server for nothing. */
export function createFigures() {
  let days: DaysAnswer | undefined;
  let loaded: { range: Range; metrics: Metrics } | undefined;

  return {
    /** Which data the figures are of; undefined before the first answer. */
    version: () => (loaded ? loaded.metrics.version : days?.version),
    days: () => days,
    /** Has everything asked for anew. */
    forget() {
      days = undefined;
      loaded = undefined;
    },
    /** The figures, when no request is needed for them. */
    atHand(selection: Selection): Figures | undefined {
      const needed = days?.days && neededFor(selection, days.days);
      if (!needed || !loaded || !contains(loaded.range, needed.load)) return undefined;
      return { ...needed, metrics: loaded.metrics };
    },
    /**
     * The figures; undefined when there are none of any day.
     * @throws {ServerAway | ServerRefused}
     */
    async load(selection: Selection, signal: AbortSignal): Promise<Figures | undefined> {
      const answer = days?.days ? days : await ask<DaysAnswer>("api/days", signal);
      days = answer;
      if (!answer.days) return undefined;
      const needed = neededFor(selection, answer.days);
      const { from, to } = needed.load;
      const metrics = readMetrics(
        await ask<MetricsAnswer>(`api/daily-metrics?from=${from}&to=${to}`, signal),
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
