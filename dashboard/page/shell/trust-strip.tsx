import { countDays } from "../../days.ts";
import type { FreshnessAnswer } from "../../server/answers.ts";
import { daysText, dayText } from "../figures/names.ts";
import { checksText } from "../health/checks-text.ts";
import { ActionButton } from "../parts/action-button.tsx";
import type { Address } from "../state/address.ts";
import type { Actions } from "../state/page.ts";
import type { Checks, State } from "../state/state.ts";

const runNames: Record<string, string> = {
  daily_metrics: "Figures last computed",
  sync: "Last sync from PostgreSQL",
  load: "Last load of files",
};
const timeFormat = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
const integer = new Intl.NumberFormat("en-US");

interface TrustStripProps {
  state: State;
  go: Actions["go"];
}

/** Whether the figures can be trusted, in plain words: how fresh they are, and whether their checks pass. */
export function TrustStrip({ state: { days, freshness, checks, address }, go }: TrustStripProps) {
  return (
    <section id="data-freshness" class="data-freshness" aria-label="Data freshness">
      {freshness && <Facts lastDay={days?.days?.to} freshness={freshness} />}
      <ChecksLink checks={checks} address={address} go={go} />
      {(days?.isHeld || freshness?.isHeld) && (
        <p class="doubtful" role="status">
          Another command is writing to the warehouse: these are the figures from before.
        </p>
      )}
    </section>
  );
}

function Facts({
  lastDay,
  freshness: { rows, runs },
}: {
  lastDay: string | undefined;
  freshness: FreshnessAnswer;
}) {
  return (
    <dl>
      <Fact
        name="Data through"
        value={lastDay ? `${dayText(lastDay)} ${ageText(lastDay)}` : "none yet"}
        isDoubtful={isOld(lastDay)}
      />
      {runs.map(({ name, at }) => (
        <Fact
          key={name}
          name={runNames[name] ?? name}
          value={at ? `${timeFormat.format(new Date(at))} UTC` : "none yet"}
        />
      ))}
      <Fact
        name="Rows"
        value={`${integer.format(rows.raw)} of activity, ${integer.format(rows.dailyMetrics)} of figures`}
      />
    </dl>
  );
}

function Fact({ name, value, isDoubtful = false }: { name: string; value: string; isDoubtful?: boolean }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class={isDoubtful ? "doubtful" : undefined}>{value}</dd>
    </div>
  );
}

function ChecksLink({ checks, address, go }: { checks: Checks; address: Address; go: Actions["go"] }) {
  const { kind, text } = checksText(checks);
  return (
    <p class="checks" role="status">
      <ActionButton
        class={`quiet ${kind}`}
        isIdle={address.tab === "health"}
        onClick={() => go({ tab: "health" })}
      >
        {text}
      </ActionButton>
    </p>
  );
}

/** How many days a day is older than the newest complete day, which is yesterday in UTC. */
const age = (day: string) => countDays(day, new Date().toISOString().slice(0, 10)) - 1;
const isOld = (day: string | undefined) => day !== undefined && age(day) > 2;

function ageText(day: string): string {
  const days = age(day);
  if (days < 0) return "";
  return days === 0 ? "(today)" : days === 1 ? "(yesterday)" : `(${daysText(days)} ago)`;
}
