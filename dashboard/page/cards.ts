import { countDays } from "../days.ts";
import { element } from "./element.ts";
import { cardMeasures, digitsOf, figureOf, type Measure } from "./measures.ts";
import { daysText, rangeText } from "./names.ts";
import { type Content, createPanel, type Panel } from "./panel.ts";
import type { Range } from "./selection.ts";
import { sparkline } from "./sparkline.ts";
import type { Summary, Sums } from "./summary.ts";

/** The key figures, each with its change from the previous period and a sparkline. */
export function createCards(
  chosen: () => string,
): Panel & { show(summary: Summary, range: Range, before: Range | undefined): void } {
  let shown: Summary | undefined;
  const list = element("ul", { class: "cards" });
  const compared = element("p", { class: "hint" });
  const panel = createPanel({ id: "key-figures", title: "Key figures", chosen, csv: () => csvOf(shown) }, [
    compared,
    list,
    element("p", {
      class: "note",
      text:
        "DAU is added up over days, countries and platforms: it counts daily visits, not people. A player who is active " +
        "on two days, or on two platforms, counts twice. Every ratio is sum / sum over the selection, never a mean of ratios.",
    }),
  ]);
  return {
    ...panel,
    show(summary, range, before) {
      shown = summary;
      compared.textContent = comparedText(range, before);
      list.replaceChildren(...cardMeasures.map((measure) => card(measure, summary)));
    },
  };
}

/** The two periods that the cards compare. */
export function comparedText({ from, to }: Range, before: Range | undefined): string {
  const length = from === to ? "day" : daysText(countDays(from, to));
  return before
    ? `${rangeText(from, to)}, against the ${length} before: ${rangeText(before.from, before.to)}`
    : `${rangeText(from, to)}; the ${length} before are not fully covered, so nothing is compared`;
}

function card(measure: Measure, { total, before, byDay }: Summary): HTMLElement {
  return element("li", { class: "card", id: `card-${measure.key}` }, [
    element("h3", { text: measure.label, title: measure.meaning }),
    element("p", { class: "figure", text: measure.text(total) }),
    changeOf(measure, total, before),
    sparkline(byDay.map(({ sums }) => figureOf(measure, sums))),
  ]);
}

function changeOf(measure: Measure, now: Sums, before: Sums | undefined): HTMLElement {
  if (!before) return element("p", { class: "change", text: "nothing to compare with" });
  const was = measure.text(before);
  const change = changeText(measure, measure.value(now), measure.value(before));
  if (!change) return element("p", { class: "change", text: `was ${was}` });
  const { direction, text } = change;
  const isGood = direction === "same" ? undefined : (direction === "up") === (measure.moreIs === "better");
  return element("p", { class: "change" }, [
    element("span", { class: isGood === undefined ? undefined : isGood ? "good" : "bad" }, [
      element("span", { "aria-hidden": true, text: { up: "▲ ", down: "▼ ", same: "" }[direction] }),
      element("span", { class: "unseen", text: { up: "up ", down: "down ", same: "" }[direction] }),
      text,
    ]),
    ` from ${was}`,
  ]);
}

interface Change {
  direction: "up" | "down" | "same";
  text: string;
}

/** Shares change by percentage points, other figures by percent; undefined if the change can't be computed. */
export function changeText(
  { isShare }: Pick<Measure, "isShare">,
  now: number | null,
  before: number | null,
): Change | undefined {
  if (now === null || before === null) return undefined;
  if (now === before) return { direction: "same", text: "unchanged" };
  if (before === 0 && !isShare) return undefined;
  const change = isShare ? 100 * (now - before) : 100 * (now / before - 1);
  const size = Math.abs(change).toFixed(isShare ? 2 : 1);
  const unit = isShare ? " points" : " %";
  if (Number(size) === 0) return { direction: "same", text: "hardly changed" };
  return { direction: change > 0 ? "up" : "down", text: size + unit };
}

function csvOf(summary: Summary | undefined): Content {
  return {
    head: ["figure", "selected_period", "period_before"],
    rows: cardMeasures.map((measure) => [
      measure.label,
      digitsOf(measure, summary?.total),
      digitsOf(measure, summary?.before),
    ]),
  };
}
