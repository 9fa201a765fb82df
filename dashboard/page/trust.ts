import { countDays } from "../days.ts";
import type { ChecksAnswer, FreshnessAnswer } from "../server/answers.ts";
import { element } from "./element.ts";
import { daysText, dayText, rangeText } from "./names.ts";

const runNames: Record<string, string> = {
  daily_metrics: "daily_metrics last run",
  sync: "Last sync from PostgreSQL",
  load: "Last load into raw",
};
const timeFormat = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "medium",
  timeStyle: "short",
  timeZone: "UTC",
});
const again = ", running again …";
const whole = new Intl.NumberFormat("en-US");

/** The strip that tells how new and how sound the data is. */
export function createTrust(place: HTMLElement) {
  const facts = element("dl");
  const checks = element("div", { class: "checks", role: "status" });
  return {
    showFreshness(lastDay: string | undefined, { rows, runs }: FreshnessAnswer) {
      if (checks.parentElement !== place) place.replaceChildren(facts, checks);
      facts.replaceChildren(
        fact(
          "Data through",
          lastDay ? `${dayText(lastDay)} ${ageText(lastDay)}` : "none yet",
          isOld(lastDay),
        ),
        ...runs.map(({ name, at }) =>
          fact(runNames[name] ?? name, at ? `${timeFormat.format(new Date(at))} UTC` : "none yet"),
        ),
        fact("Rows", `${whole.format(rows.raw)} raw, ${whole.format(rows.dailyMetrics)} daily_metrics`),
      );
    },
    /** What they said of the data as it was stays until they have run again. */
    showChecking() {
      const summary = checks.querySelector("summary");
      if (summary) summary.textContent = `${summary.textContent?.replace(again, "")}${again}`;
      else checks.replaceChildren(element("p", { text: "Checks are running …" }));
    },
    showNoChecks(why: string) {
      checks.replaceChildren(element("p", { text: why }));
    },
    showChecks({ days, checks: results }: ChecksAnswer) {
      if (!days) return checks.replaceChildren();
      const open = checks.querySelector("details")?.open ?? false;
      checks.replaceChildren(checksDetails(results, rangeText(days.from, days.to), open));
    },
  };
}

function fact(name: string, value: string, isDoubtful = false): HTMLElement {
  return element("div", {}, [
    element("dt", { text: name }),
    element("dd", { text: value, class: isDoubtful ? "doubtful" : undefined }),
  ]);
}

/** Days whole in UTC: yesterday is the newest that can be. */
const age = (day: string) => countDays(day, new Date().toISOString().slice(0, 10)) - 1;
const isOld = (day: string | undefined) => day !== undefined && age(day) > 2;

function ageText(day: string): string {
  const days = age(day);
  if (days < 0) return "";
  return days === 0 ? "(today)" : days === 1 ? "(yesterday)" : `(${daysText(days)} ago)`;
}

function checksDetails(results: ChecksAnswer["checks"], days: string, open: boolean): HTMLElement {
  const failed = results.filter(({ severity, found }) => severity === "fail" && found > 0);
  const warned = results.filter(({ severity, found }) => severity === "warn" && found > 0);
  const good = results.length - failed.length - warned.length;
  const summary = [
    `${good} of ${results.length} checks ok`,
    failed.length > 0 && `${failed.length} failed`,
    warned.length > 0 && `${warned.length} warned`,
  ].filter(Boolean);
  const worst = failed.length > 0 ? "bad" : warned.length > 0 ? "doubtful" : "good";
  const lines = [...failed, ...warned, ...results.filter(({ found }) => found === 0)];
  const details = element("details", {}, [
    element("summary", { class: worst, text: summary.join(", ") }),
    element("p", { class: "hint", text: `On ${days}. npm run validate shows examples.` }),
    element("ul", {}, lines.map(checkLine)),
  ]);
  details.open = open;
  return details;
}

function checkLine({ table, severity, claim, found }: ChecksAnswer["checks"][number]): HTMLElement {
  const [state, kind] =
    found === 0 ? ["ok", "good"] : severity === "fail" ? ["failed", "bad"] : ["warned", "doubtful"];
  const where = found === 0 ? table : `${table}, ${whole.format(found)} found`;
  return element("li", {}, [
    element("span", { class: `state ${kind}`, text: state }),
    ` ${claim} (${where})`,
  ]);
}
