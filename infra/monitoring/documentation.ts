import type { AlertText } from "./policies.ts";

/** The chapter of docs/operate.md that an alert's runbook is, as GitHub makes it of a heading. */
export const runbookAnchor = ({ id }: Pick<AlertText, "id">) => runbookOf(id);

/** The tiers of an objective share a runbook, and so do both alerts of retention, and those of all scheduled queries. */
export function runbookOf(id: string): string {
  const tier = /^(availability|latency|freshness)-/.exec(id)?.[1];
  const query = /^[a-z_]+-(failed|missing)$/.exec(id)?.[1];
  if (id.startsWith("retention-run-")) return "retention-run";
  // The run has not failed: it says what it found.
  if (id === "daily_metrics_warnings-failed") return "unusual-figures";
  return tier ?? (query ? `scheduled-query-${query}` : id);
}

/** What a notification says: owner, meaning, first steps, and a link to the runbook. */
export function alertDocumentation(alert: AlertText, github: string | undefined) {
  const { owner, meaning, firstSteps, title } = alert;
  const path = `docs/operate.md#${runbookAnchor(alert)}`;
  const steps = firstSteps.map((step, at) => `${at + 1}. ${step}`);
  const url = github && `https://github.com/${github}/blob/main/${path}`;
  return {
    subject: title,
    mimeType: "text/markdown",
    content: [`**Owner:** ${owner}`, meaning, steps.join("\n"), `Runbook: ${path}`].join("\n\n"),
    ...(url && { links: [{ displayName: "Runbook", url }] }),
  };
}
