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
    const fit = () => {
      // The observer also reports the initial size, at which the chart was just drawn.
      if (started.getWidth() !== place.clientWidth || started.getHeight() !== place.clientHeight)
        started.resize();
    };
    const observer = new ResizeObserver(fit);
    observer.observe(place);
    // A page that is printed has another width, which no observer reports.
    const paper = matchMedia("print");
    const fitPaper = () => {
      fit();
      // At once: a page that is printed has no next frame.
      started.getZr().flush();
    };
    paper.addEventListener("change", fitPaper);
    return () => {
      paper.removeEventListener("change", fitPaper);
      observer.disconnect();
      started.dispose();
    };
  }, []);
  useLayoutEffect(() => {
    chart.current?.setOption({ animation: false, ...option(currentPalette()) }, { notMerge: true });
  });
  return <div class="chart" role="img" aria-label={label} ref={container} />;
}
