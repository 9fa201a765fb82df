import { expectThat } from "../experiment.ts";
import { keyOf, type Tables } from "./tables.ts";

/**
 * Compares what was loaded of a damaged csv with the file itself, without code of the loader: each line counts once, no undamaged
 * line was rejected or is missing, and no more rows differ than lines are damaged.
 * Returns how many damaged lines were loaded: they are valid rows, so that the damage is undetectable.
 * @throws {ExperimentFailed}
 */
export function expectMatchesFile(
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
  expectThat(
    rows_read === lines.length,
    `${when}: the file has ${lines.length} lines, but ${rows_read} were read`,
  );

  const damagedNumbers = new Set(damagedLines.map(({ number }) => number));
  const wronglyRejected = tables.rejected.find(({ line }) => !damagedNumbers.has(Number(line)));
  expectThat(!wronglyRejected, `${when}: an undamaged line was rejected: ${JSON.stringify(wronglyRejected)}`);

  const loadable = damagedLines.length - tables.rejected.length;
  const should = new Map(whole.raw.map((row) => [keyOf(row), JSON.stringify(row)]));
  const are = new Map(tables.raw.map((row) => [keyOf(row), JSON.stringify(row)]));
  const different = tables.raw.filter((row) => should.get(keyOf(row)) !== JSON.stringify(row));
  expectThat(
    different.length <= loadable,
    `${when}: ${different.length} rows differ, with ${loadable} damaged lines: ${JSON.stringify(different[0])}`,
  );

  const missing = lines.filter(({ text, key }) => originals.has(text) && are.get(key) !== should.get(key));
  expectThat(
    missing.length <= loadable,
    `${when}: ${missing.length} undamaged lines are missing: ${missing[0]?.text}`,
  );
  return loadable;
}

interface Line {
  /** The header's is 1. */
  number: number;
  text: string;
  /** Of an undamaged line. */
  key: string;
}

/** Lines with content after the header; as latin1, because a damaged line may not be UTF-8. */
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
