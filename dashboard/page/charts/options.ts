import type { EChartsCoreOption } from "./library.ts";
import type { Palette } from "./palette.ts";

const font = "system-ui, sans-serif";

/** The options that all charts share. */
export function baseOption({ text, muted }: Palette): EChartsCoreOption {
  return {
    textStyle: { fontFamily: font, color: text },
    grid: gridOf({ left: 54, right: 16, top: 36, bottom: 24 }),
    legend: {
      top: 0,
      left: 0,
      itemWidth: 14,
      itemHeight: 8,
      itemGap: 16,
      selectedMode: false,
      textStyle: { color: muted, fontFamily: font },
    },
  };
}

/** Fixed margins: measuring them would take a third of the drawing time. */
export const gridOf = (margins: { left: number; right: number; top: number; bottom: number }) => ({
  ...margins,
  outerBoundsMode: "none",
});

/** The axis of values; `format` shortens its labels. */
export const valueAxis = ({ muted, line }: Palette, format: (value: number) => string) => ({
  type: "value",
  axisLabel: { color: muted, formatter: format },
  splitLine: { lineStyle: { color: line } },
  splitNumber: 4,
});

/** The axis of days. */
export const dayAxis = ({ muted, line }: Palette, labels: string[]) => ({
  type: "category",
  data: labels,
  axisLabel: { color: muted, hideOverlap: true, interval: Math.floor((labels.length - 1) / 7) },
  axisLine: { lineStyle: { color: line } },
  axisTick: { show: false },
});

/** Symbols of a line for points alone: without a neighbour, a point has no line, and would be invisible. */
export function lonelySymbols(values: (number | null)[]) {
  const has = (at: number) => values[at] !== undefined && values[at] !== null;
  return {
    showSymbol: true,
    symbolSize: (_: unknown, { dataIndex: at }: { dataIndex: number }) =>
      has(at) && !has(at - 1) && !has(at + 1) ? 6 : 0,
  };
}

/** The item under the pointer. */
export interface Hovered {
  name: string;
  dataIndex: number;
}

/** A tooltip with the given lines, the first as its heading; built without style attributes, like the rest of the page. */
export const tooltip = (
  { surface, line, text }: Palette,
  trigger: "axis" | "item",
  lines: (hovered: Hovered) => string[],
) => ({
  trigger,
  confine: true,
  backgroundColor: surface,
  borderColor: line,
  padding: [6, 10],
  textStyle: { color: text, fontFamily: font, fontSize: 13 },
  axisPointer: { type: "line", lineStyle: { color: line } },
  formatter: (hovered: Hovered | Hovered[]) => {
    const [first] = [hovered].flat();
    const [head, ...rest] = first ? lines(first) : [];
    return elements(head ?? "", rest);
  },
});

/** ECharts takes elements of the document, or HTML, which the content security policy would let no style be set in. */
function elements(head: string, rest: string[]): HTMLElement {
  const box = Object.assign(document.createElement("div"), { className: "tip" });
  const append = (name: string, text: string) => {
    box.append(Object.assign(document.createElement(name), { textContent: text }));
  };
  append("strong", head);
  for (const text of rest) append("div", text);
  return box;
}
