import type { DaysAnswer, FreshnessAnswer } from "../../server/answers.ts";
import { rangeText } from "../figures/names.ts";
import type { Range } from "../figures/periods.ts";

type Target = DaysAnswer["target"];

/** Advice when the selection has no figures. */
export function SelectionAdvice({ covered }: { covered: Range }) {
  return (
    <p>
      No player on this platform and in these countries was active on these days. There are figures for{" "}
      {rangeText(covered.from, covered.to)}.
    </p>
  );
}

/** Advice when daily_metrics is empty. */
export function NoDataAdvice({ rows, target }: { rows: FreshnessAnswer["rows"]; target: Target }) {
  const option = target === "bigquery" ? "--target bigquery " : "";
  const backfill = <code>npm run backfill -- {option}--yes</code>;
  const end = "; this page shows the figures as soon as they exist.";
  if (rows.raw > 0) {
    return (
      <p>
        There are raw rows, but no daily_metrics yet: run {backfill}
        {end}
      </p>
    );
  }
  return (
    <p>
      Load raw files with <code>npm run load-raw -- {option}FOLDER</code>, compute the metrics with {backfill}
      {!option && (
        <>
          , or send activity to the API and sync it with <code>npm run sync</code>
        </>
      )}
      {end}
    </p>
  );
}

const ownMachine = ["localhost", "127.0.0.1", "[::1]"];

/** Advice when the server does not answer; `staleNote` is about the figures that are still shown. */
export function UnavailableAdvice({ target, staleNote }: { target: Target; staleNote: string }) {
  // Who looks at a deployed dashboard can't start it.
  if (!ownMachine.includes(location.hostname))
    return <p>Check your connection.{staleNote} This page reconnects by itself.</p>;
  return (
    <p>
      Start it with{" "}
      {target === "bigquery" ? (
        <code>npm run dashboard -- --target bigquery</code>
      ) : (
        <>
          <code>npm start</code> or <code>npm run dashboard</code>
        </>
      )}
      .{staleNote} This page reconnects by itself.
    </p>
  );
}
