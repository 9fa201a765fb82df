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
const rerunning = ", running again …";
const integer = new Intl.NumberFormat("en-US");

/** The strip that shows how fresh the data is and whether its checks pass. */
export function createDataFreshness(container: HTMLElement) {
  const facts = element("dl");
  const checks = element("div", { class: "checks", role: "status" });
  return {
    showFreshness(lastDay: string | undefined, { rows, runs }: FreshnessAnswer) {
      if (checks.parentElement !== container) container.replaceChildren(facts, checks);
      facts.replaceChildren(
        fact(
          "Data through",
          lastDay ? `${dayText(lastDay)} ${ageText(lastDay)}` : "none yet",
          isOld(lastDay),
        ),
        ...runs.map(({ name, at }) =>
          fact(runNames[name] ?? name, at ? `${timeFormat.format(new Date(at))} UTC` : "none yet"),
        ),
        fact("Rows", `${integer.format(rows.raw)} raw, ${integer.format(rows.dailyMetrics)} daily_metrics`),
      );
    },
    /** The results for the previous data stay until the checks have run again. */
    showChecking() {
      const summary = checks.querySelector("summary");
      if (summary) summary.textContent = `${summary.textContent?.replace(rerunning, "")}${rerunning}`;
      else checks.replaceChildren(element("p", { text: "Checks are running …" }));
    },
    showNoChecks(reason: string) {
      checks.replaceChildren(element("p", { text: reason }));
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

/** How many days a day is older than the newest complete day, which is yesterday in UTC. */
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
  const passed = results.length - failed.length - warned.length;
  const summary = [
    `${passed} of ${results.length} checks ok`,
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
  const where = found === 0 ? table : `${table}, ${integer.format(found)} found`;
  return element("li", {}, [
    element("span", { class: `state ${kind}`, text: state }),
    ` ${claim} (${where})`,
  ]);
}
