import type { ChecksAnswer } from "../../server/answers.ts";
import { rangeText } from "../figures/names.ts";
import type { About } from "../parts/panel.tsx";
import { Panel } from "../parts/panel.tsx";
import type { Checks } from "../state/state.ts";
import { checksText } from "./checks-text.ts";

type Check = ChecksAnswer["checks"][number];

const integer = new Intl.NumberFormat("en-US");

/** The checks of the data, those that found something first. */
export function Health({ checks, about }: { checks: Checks; about: About }) {
  const { answer } = checks;
  const results = answer?.checks ?? [];
  const found = (check: Check) => (check.found === 0 ? 0 : check.severity === "fail" ? 2 : 1);
  const sorted = results.toSorted((a, b) => found(b) - found(a));
  const { kind, text } = checksText(checks);
  return (
    <Panel
      id="checks"
      title="Checks"
      hint={
        answer?.days
          ? `Of the days ${rangeText(answer.days.from, answer.days.to)}. npm run validate shows examples of what they find.`
          : undefined
      }
      about={about}
      csv={() => ({
        head: ["table", "severity", "claim", "rows_found"],
        rows: sorted.map(({ table, severity, claim, found: rows }) => [table, severity, claim, String(rows)]),
      })}
    >
      <p class={kind}>{text}</p>
      <ul class="check-list">
        {sorted.map((check) => (
          <CheckLine key={`${check.table} ${check.claim}`} check={check} />
        ))}
      </ul>
    </Panel>
  );
}

function CheckLine({ check: { table, severity, claim, found } }: { check: Check }) {
  const [state, kind] =
    found === 0 ? ["ok", "good"] : severity === "fail" ? ["failed", "bad"] : ["warned", "doubtful"];
  return (
    <li>
      <span class={`state ${kind}`}>{state}</span> {claim} ({table}
      {found > 0 && `, ${integer.format(found)} found`})
    </li>
  );
}
