import { addDays, countDays, type DateRange } from "../../days.ts";

// One statement replaces no more: its memory, and what an interruption repeats, are bounded.
const maxDays = 31;
// The distinct users of more rows than these do not fit into DuckDB's memory.
const maxRows = 2_000_000;

/** A range as ranges of at most 31 days, and of at most two million rows where they have more than one day; `rows` by day. */
export function inPieces({ from_date, to_date }: DateRange, rows: ReadonlyMap<string, number>): DateRange[] {
  const pieces: DateRange[] = [];
  let piece: DateRange | undefined;
  let rowsOfPiece = 0;
  for (let day = from_date; day <= to_date; day = addDays(day, 1)) {
    const rowsOfDay = rows.get(day) ?? 0;
    if (piece && countDays(piece) < maxDays && rowsOfPiece + rowsOfDay <= maxRows) {
      piece.to_date = day;
      rowsOfPiece += rowsOfDay;
      continue;
    }
    piece = { from_date: day, to_date: day };
    rowsOfPiece = rowsOfDay;
    pieces.push(piece);
  }
  return pieces;
}
