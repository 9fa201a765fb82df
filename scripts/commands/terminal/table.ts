import stringWidth from "string-width";
import { terminalWidth, wrapWords } from "./wrap.ts";

const indent = "  ";

/**
 * Rows of cells as aligned text that fits the terminal; the first row is the head. Numbers, in the columns `numbers`,
 * are right-aligned and never wrapped; other cells are wrapped between words.
 */
export function tableText(rows: string[][], numbers: { from: number; to?: number }): string {
  const columns = Array.from({ length: rows[0]?.length ?? 0 }, (_, column) => ({
    cells: rows.map((row) => row[column] ?? ""),
    isNumber: column >= numbers.from && column < (numbers.to ?? Number.POSITIVE_INFINITY),
  }));
  const { widths, gap } = fit(columns);
  return rows
    .flatMap((row) =>
      cellLines(
        row,
        widths,
        columns.map(({ isNumber }) => isNumber),
      ),
    )
    .map((cells) => `${indent}${cells.join(" ".repeat(gap))}`.trimEnd())
    .join("\n");
}

interface Column {
  cells: string[];
  isNumber: boolean;
}

/** The widest columns that fit the terminal, and the widest gap between them, at most 3. */
function fit(columns: Column[]): { widths: number[]; gap: number } {
  const narrowest = columns.map(({ cells, isNumber }) =>
    Math.max(...cells.map((cell) => (isNumber ? stringWidth(cell) : longestWord(cell)))),
  );
  const room = (gap: number) => terminalWidth() - indent.length - gap * (columns.length - 1);
  const gap = [3, 2].find((gap) => sum(narrowest) <= room(gap)) ?? 1;
  const widths = columns.map(({ cells }) => Math.max(...cells.map((cell) => stringWidth(cell))));
  for (let excess = sum(widths) - room(gap); excess > 0; excess--) {
    const shrinkable = widths.map((width, column) => (width > (narrowest[column] ?? 0) ? width : 0));
    const widest = shrinkable.indexOf(Math.max(...shrinkable));
    if (!shrinkable[widest]) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return { widths, gap };
}

const longestWord = (cell: string) => Math.max(...cell.split(" ").map((word) => stringWidth(word)));
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

/** The lines of a row, each of its cells padded to its column. */
function cellLines(row: string[], widths: number[], isNumber: boolean[]): string[][] {
  const cells = row.map((cell, column) => (isNumber[column] ? [cell] : wrapWords(cell, widths[column] ?? 0)));
  const height = Math.max(...cells.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    cells.map((lines, column) => {
      const text = lines[line] ?? "";
      const blanks = " ".repeat(Math.max(0, (widths[column] ?? 0) - stringWidth(text)));
      return isNumber[column] ? blanks + text : text + blanks;
    }),
  );
}
