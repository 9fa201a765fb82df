import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { element } from "./element.ts";

// On a canvas: what draws SVG sets style attributes, which the content security policy refuses.
use([
  BarChart,
  LineChart,
  ScatterChart,
  GridComponent,
  LegendComponent,
  TooltipComponent,
  LabelLayout,
  CanvasRenderer,
]);

/** The colours of the page, light or dark as the reader likes it. */
export interface Palette {
  text: string;
  muted: string;
  line: string;
  surface: string;
  first: string;
  second: string;
}

export interface Chart {
  element: HTMLElement;
  /** Draws it anew; `label` tells what it shows to who can't see it. */
  draw(option: EChartsCoreOption, label: string): void;
  /** Calls back with the name of what was clicked. */
  onClick(clicked: (name: string) => void): void;
}

/** A place for a chart, which follows the width of the page. */
export function createChart(): Chart {
  const place = element("div", { class: "chart", role: "img" });
  const listeners: ((name: string) => void)[] = [];
  let chart: ECharts | undefined;

  function start(): ECharts {
    const started = init(place);
    started.on("click", ({ name, value, componentType }) => {
      for (const listener of listeners) listener(componentType === "yAxis" ? String(value) : name);
    });
    new ResizeObserver(() => {
      // It is told the size at first as well, in which the chart was just drawn.
      if (started.getWidth() !== place.clientWidth) started.resize();
    }).observe(place);
    return started;
  }

  return {
    element: place,
    draw(option, label) {
      // Only now is the place on the page, and has a size.
      chart ??= start();
      chart.setOption({ animation: false, ...option }, { notMerge: true });
      place.setAttribute("aria-label", label);
    },
    onClick: (clicked) => void listeners.push(clicked),
  };
}

let palette: Palette | undefined;
const darkness = matchMedia("(prefers-color-scheme: dark)");

/** Calls back when the reader changes from light to dark or back. */
export function onPaletteChange(changed: () => void): void {
  darkness.addEventListener("change", () => {
    palette = undefined;
    changed();
  });
}

export function currentPalette(): Palette {
  palette ??= readPalette();
  return palette;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: colour("text"),
    muted: colour("muted"),
    line: colour("line"),
    surface: colour("surface"),
    first: colour("first"),
    second: colour("second"),
  };
}

const font = "system-ui, sans-serif";

/** What all charts have in common. */
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

/** Fixed margins: to have them measured takes a third of the time that drawing takes. */
export const gridOf = (margins: { left: number; right: number; top: number; bottom: number }) => ({
  ...margins,
  outerBoundsMode: "none",
});

/** The axis of amounts; `write` makes short texts of them. */
export const valueAxis = ({ muted, line }: Palette, write: (value: number) => string) => ({
  type: "value",
  axisLabel: { color: muted, formatter: write },
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

/** What the pointer is at. */
export interface Hovered {
  name: string;
  dataIndex: number;
}

/** A tooltip whose lines are made by `lines`: the first is its head. Without style attributes, as all of the page. */
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
    return element("div", {}, [
      element("strong", { text: head ?? "" }),
      ...rest.map((text) => element("div", { text })),
    ]);
  },
});
