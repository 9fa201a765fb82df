import { useLayoutEffect, useRef } from "preact/hooks";
import { type ECharts, type EChartsCoreOption, init } from "./library.ts";
import { currentPalette, type Palette } from "./palette.ts";

interface ChartProps {
  option: (palette: Palette) => EChartsCoreOption;
  /** Describes the chart for screen readers. */
  label: string;
  /** Called with the name of the clicked item or axis label. */
  onClick?: (name: string) => void;
}

/** A chart that follows the size of its place. It is drawn whenever it is rendered: render it only when its figures change. */
export function Chart({ option, label, onClick }: ChartProps) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts>(undefined);
  const clicked = useRef(onClick);
  clicked.current = onClick;

  useLayoutEffect(() => {
    const place = container.current as HTMLDivElement;
    const started = init(place);
    chart.current = started;
    started.on("click", ({ name, value, componentType }) =>
      clicked.current?.(componentType === "yAxis" ? String(value) : name),
    );
    const observer = new ResizeObserver(() => {
      // The observer also reports the initial size, at which the chart was just drawn.
      if (started.getWidth() !== place.clientWidth || started.getHeight() !== place.clientHeight)
        started.resize();
    });
    observer.observe(place);
    return () => {
      observer.disconnect();
      started.dispose();
    };
  }, []);
  useLayoutEffect(() => {
    chart.current?.setOption({ animation: false, ...option(currentPalette()) }, { notMerge: true });
  });
  return <div class="chart" role="img" aria-label={label} ref={container} />;
}
