import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { type ECharts, type EChartsCoreOption, init, use } from "echarts/core";
import { LabelLayout } from "echarts/features";
import { CanvasRenderer } from "echarts/renderers";
import { element } from "./element.ts";

// On a canvas: the SVG renderer sets style attributes, which the content security policy blocks.
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

/** The colours of the page in the current colour scheme, light or dark. */
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
  /** Redraws the chart; `label` describes it for screen readers. */
  draw(option: EChartsCoreOption, label: string): void;
  /** Calls `listener` with the name of the clicked item or axis label. */
  onClick(listener: (name: string) => void): void;
}

/** A chart that follows the width of the page. */
export function createChart(): Chart {
  const container = element("div", { class: "chart", role: "img" });
  const listeners: ((name: string) => void)[] = [];
  let chart: ECharts | undefined;

  function start(): ECharts {
    const started = init(container);
    started.on("click", ({ name, value, componentType }) => {
      for (const listener of listeners) listener(componentType === "yAxis" ? String(value) : name);
    });
    new ResizeObserver(() => {
      // The observer also reports the initial size, at which the chart was just drawn.
      if (started.getWidth() !== container.clientWidth) started.resize();
    }).observe(container);
    return started;
  }

  return {
    element: container,
    draw(option, label) {
      // Not earlier: only now is the container on the page and has a size.
      chart ??= start();
      chart.setOption({ animation: false, ...option }, { notMerge: true });
      container.setAttribute("aria-label", label);
    },
    onClick: (listener) => void listeners.push(listener),
  };
}

let palette: Palette | undefined;
const darkScheme = matchMedia("(prefers-color-scheme: dark)");

/** Calls `listener` when the colour scheme changes between light and dark. */
export function onPaletteChange(listener: () => void): void {
  darkScheme.addEventListener("change", () => {
    palette = undefined;
    listener();
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
    return element("div", {}, [
      element("strong", { text: head ?? "" }),
      ...rest.map((text) => element("div", { text })),
    ]);
  },
});
