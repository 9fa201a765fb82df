import { runbookAnchor } from "./documentation.ts";
import { alertTexts } from "./policies.ts";

// The text of an alert does not depend on a stack's limits, except that only some have an objective of freshness, or a dashboard.
const limits = { maxDiskGb: 100, maxConnections: 100, freshMinutes: 30, hasDashboard: true };

/** Every alert as the rows of a Markdown table: title, owner, meaning, first steps, runbook. */
export function alertTable(queries: string[]): string {
  const rows = alertTexts(queries, limits).map((alert) => {
    const { id, title, severity, owner, meaning, firstSteps } = alert;
    const steps = firstSteps.map((step, at) => `${at + 1}. ${step}`).join("<br>");
    return [
      `\`${id}\``,
      title,
      severity.toLowerCase(),
      owner,
      meaning,
      steps,
      `[${runbookAnchor(alert)}](#${runbookAnchor(alert)})`,
    ];
  });
  const head = ["alert", "fires when", "severity", "owner", "meaning", "first steps", "runbook"];
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
