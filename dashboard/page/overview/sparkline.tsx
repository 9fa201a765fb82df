import { splitUnfinished } from "../charts/unfinished.ts";

const width = 120;
const height = 32;

interface SparklineProps {
  values: (number | null)[];
  /** Which of them are of days that are not over: they are dotted. */
  isIncomplete: boolean[];
}

/** A sparkline with a gap for days without a figure. Hidden from screen readers: the card has the figure as text. */
export function Sparkline({ values, isIncomplete }: SparklineProps) {
  const [whole, unfinished] = splitUnfinished(values, isIncomplete);
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <path d={pathOf(whole, values)} />
      {unfinished && <path class="unfinished" d={pathOf(unfinished, values)} />}
    </svg>
  );
}

/** The path of some values on the scale of all. */
function pathOf(values: (number | null)[], all: (number | null)[]): string {
  const known = all.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const x = (at: number) => (values.length < 2 ? width / 2 : (at / (values.length - 1)) * width);
  const y = (value: number) =>
    high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6);
  let path = "";
  values.forEach((value, at) => {
    if (value === null) return;
    const isAlone = values[at - 1] === undefined || values[at - 1] === null;
    path += `${isAlone ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`;
    // The round caps draw a line of zero length as a dot.
    if (isAlone) path += "h0";
  });
  return path;
}
