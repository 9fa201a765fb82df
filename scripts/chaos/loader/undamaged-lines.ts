import { promised } from "../experiment.ts";
import { keyOf, type Tables } from "./tables.ts";

/**
 * Holds what was loaded of a damaged csv against the file itself, read by nothing of the loader: each line counts once,
 * no undamaged one was rejected or is missing, and nothing else is there than what damaged lines may have become.
 * Returns how many damaged lines were loaded: they are rows by the contract, of which nobody can tell.
 * @throws {Broken}
 */
export function promiseAsFile(
  damaged: Buffer,
  original: string,
  tables: Tables,
  whole: Tables,
  when: string,
): number {
  const lines = linesOf(damaged.toString("latin1"));
  const originals = new Set(linesOf(original).map(({ text }) => text));
  const damagedLines = lines.filter(({ text }) => !originals.has(text));
  const [{ rows_read } = { rows_read: 0 }] = tables.parts;
  promised(
    rows_read === lines.length,
    `${when}: the file has ${lines.length} lines, and ${rows_read} were read`,
  );

  const damagedNumbers = new Set(damagedLines.map(({ number }) => number));
  const wronged = tables.rejected.find(({ line }) => !damagedNumbers.has(Number(line)));
  promised(!wronged, `${when}: an undamaged line was rejected: ${JSON.stringify(wronged)}`);

  const loadable = damagedLines.length - tables.rejected.length;
  const should = new Map(whole.raw.map((row) => [keyOf(row), JSON.stringify(row)]));
  const are = new Map(tables.raw.map((row) => [keyOf(row), JSON.stringify(row)]));
  const strange = tables.raw.filter((row) => should.get(keyOf(row)) !== JSON.stringify(row));
  promised(
    strange.length <= loadable,
    `${when}: ${strange.length} rows are other ones, of ${loadable} damaged lines: ${JSON.stringify(strange[0])}`,
  );

  const missing = lines.filter(({ text, key }) => originals.has(text) && are.get(key) !== should.get(key));
  promised(
    missing.length <= loadable,
    `${when}: ${missing.length} undamaged lines are not there: ${missing[0]?.text}`,
  );
  return loadable;
}

interface Line {
  /** From 1; the header's. */
  number: number;
  text: string;
  /** Of an undamaged line. */
  key: string;
}

/** Lines with content after the header; bytes one by one, for a damaged line need not be UTF-8. */
function linesOf(content: string): Line[] {
  return content
    .split("\n")
    .map((text, index) => ({ text, number: index + 1, key: keyOfLine(text) }))
    .slice(1)
    .filter(({ text }) => text !== "" && text !== "\r");
}

function keyOfLine(text: string): string {
  const [user_id, event_date, platform] = text.split(",");
  return keyOf({ user_id, event_date, platform });
}
