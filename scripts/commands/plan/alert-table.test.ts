import { readFileSync } from "node:fs";
import { alertTable } from "@clan-platform/infra/monitoring/alert-table.ts";
import { runbookOf } from "@clan-platform/infra/monitoring/documentation.ts";
import { record } from "@clan-platform/infra/recording/record.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { expect, it } from "vitest";
import { withTable } from "./generated-table.ts";
import { scheduledQueriesOf } from "./scheduled-queries.ts";

const operate = readFileSync(new URL("../../../docs/operate.md", import.meta.url), "utf8");
const settings = { "gcp:project": "my-project", "clan-platform:dashboardViewers": ["user:ada@example.com"] };
const { resources } = await record("prod", stackSettings("prod", settings));

it("the table in docs/operate.md is that of the definitions (npm run plan writes it)", () => {
  expect(withTable(operate, alertTable(scheduledQueriesOf(resources)))).toBe(operate);
});

it("the table has every alert of the program", () => {
  const alerts = resources.filter(({ type }) => type.endsWith(":AlertPolicy"));
  const table = alertTable(scheduledQueriesOf(resources));
  for (const { name, inputs } of alerts) {
    expect(table).toContain(`\`${name.replace("alert-", "")}\` | ${inputs.displayName}`);
  }
  expect(alerts.length).toBeGreaterThan(10);
});

it("every alert has a runbook, and every runbook an alert", () => {
  const alerts = resources.filter(({ type }) => type.endsWith(":AlertPolicy"));
  const needed = new Set(alerts.map(({ name }) => runbookOf(name.replace("alert-", ""))));
  const chapters = operate.split("## Runbooks")[1]?.split("\n## ")[0] ?? "";
  const headings = [...chapters.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
  // Only where the metrics are computed more often than once a day.
  expect(headings.sort()).toEqual([...needed.add("freshness")].sort());
});
