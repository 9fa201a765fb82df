import { addDays } from "../../days.ts";
import { type UnusualDay, unusualText, whereText } from "../figures/marks.ts";
import { measureOf } from "../figures/measures.ts";
import { dayText } from "../figures/names.ts";
import type { Range } from "../figures/periods.ts";
import { type About, Panel, TextTable } from "../parts/panel.tsx";
import { ScrollArea } from "../parts/scroll-area.tsx";
import { type Address, initialSelection } from "../state/address.ts";
import type { Actions } from "../state/page.ts";

const headlines = 3;

interface UnusualHeadlinesProps {
  unusual: UnusualDay[];
  go: Actions["go"];
}

/** The most important unusual days in words, before everything else; nothing when there are none. */
export function UnusualHeadlines({ unusual, go }: UnusualHeadlinesProps) {
  if (unusual.length === 0) return null;
  const rest = unusual.length - headlines;
  return (
    <section id="unusual-headlines" class="panel" aria-label="Unusual days">
      <h2>Unusual days</h2>
      <ul>
        {unusual.slice(0, headlines).map((day) => (
          <li key={`${day.day} ${day.scope} ${day.name} ${day.metric}`}>
            <button
              type="button"
              class="headline"
              title="Show it on a chart"
              onClick={() => go(chartOf(day))}
            >
              {unusualText(day)}
            </button>
          </li>
        ))}
      </ul>
      {rest > 0 && (
        <button type="button" class="quiet" onClick={() => go({ tab: "health" })}>
          {rest} more
        </button>
      )}
    </section>
  );
}

/** That the first days of the data are not judged, if they are among the last thirty. */
function NotJudged({ from, to }: Range) {
  // A day is judged by at least three of the same weekday before it (unusual-days.sql).
  const firstJudged = addDays(from, 21);
  if (firstJudged <= addDays(to, -29)) return null;
  return (
    <p class="hint">
      Days before {dayText(firstJudged)} are not judged: fewer than three of the same weekday are before them.
    </p>
  );
}

/** The chart that shows an unusual day, with two weeks before it. */
function chartOf({ day, scope, name, metric }: UnusualDay): Partial<Address> {
  const selection = {
    ...initialSelection,
    period: { from: addDays(day, -13), to: day },
    platform: scope === "platform" ? name : undefined,
    countries: scope === "country" ? [name] : [],
  };
  return { tab: "explore", metric, split: "none", grain: "day", selection };
}

interface UnusualDaysProps {
  unusual: UnusualDay[];
  /** Why those of the newest data are not known; undefined if they are. */
  unknown: string | undefined;
  /** The days that have figures. */
  covered: Range;
  about: About;
}

/** All unusual days of the last thirty, with what would have been usual. */
export function UnusualDays({ unusual, unknown, covered, about }: UnusualDaysProps) {
  return (
    <Panel
      id="unusual-days"
      title="Unusual days"
      hint="Of the last 30 days: figures far from those of the same weekdays in the eight weeks before (docs/metrics.md)."
      about={about}
      csv={() => ({
        head: ["day", "scope", "name", "metric", "value", "usual", "low", "high", "score", "dau"],
        rows: unusual.map(({ day, scope, name, metric, ...figures }) => [
          day,
          scope,
          name,
          metric,
          ...[figures.value, figures.usual, figures.low, figures.high, figures.score, figures.dau].map(
            String,
          ),
        ]),
      })}
    >
      <NotJudged {...covered} />
      {unknown && <p class="doubtful">{unknown}</p>}
      {unusual.length === 0 ? (
        !unknown && <p class="good">No figure was unusual.</p>
      ) : (
        <ScrollArea label="Unusual days, the table">
          <TextTable
            caption="Unusual days"
            head={["Day", "Metric", "Where", "Value", "Usual", "From", "To"]}
            rows={unusual.map((row) => {
              const { label, format } = measureOf(row.metric);
              return [
                dayText(row.day),
                label,
                whereText(row),
                format(row.value),
                format(row.usual),
                format(row.low),
                format(row.high),
              ];
            })}
          />
        </ScrollArea>
      )}
    </Panel>
  );
}
