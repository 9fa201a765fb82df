import { type Marks, unusualText } from "../figures/marks.ts";
import type { Palette } from "./palette.ts";

/** Unusual days as pins, and notes as vertical lines, on a line whose points are these days. */
export function markOptions({ unusual, annotations }: Marks, days: string[], { bad, muted, text }: Palette) {
  const pins = unusual.flatMap((day) => {
    const at = days.indexOf(day.day);
    return at < 0 ? [] : [{ name: unusualText(day), xAxis: at, yAxis: day.value }];
  });
  const lines = annotations.flatMap((note) => {
    const at = days.indexOf(note.day);
    return at < 0 ? [] : [{ name: note.text, xAxis: at }];
  });
  return {
    markPoint: {
      symbol: "circle",
      symbolSize: 11,
      itemStyle: { color: "transparent", borderColor: bad, borderWidth: 2.5 },
      label: { show: false },
      data: pins,
    },
    markLine: {
      symbol: "none",
      lineStyle: { color: muted, type: "solid", width: 1 },
      label: { formatter: ({ name }: { name: string }) => cut(name), color: text, position: "insideEndTop" },
      data: lines,
    },
  };
}

const cut = (text: string): string => (text.length > 24 ? `${text.slice(0, 23)}…` : text);
