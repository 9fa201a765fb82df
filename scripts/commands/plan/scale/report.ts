import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { demandOf, limitsOfProd, tierFor } from "./model.ts";
import { scaleCost } from "./monthly-cost.ts";

/** The steps of docs/scale.md. */
export const steps = [10_000, 100_000, 1_000_000, 10_000_000, 100_000_000];

const rounded = (amount: number) =>
  amountText(Number(amount.toPrecision(2)), amount < 10 && amount > 0 ? 1 : 0);

/** What a number of daily active users asks for, costs and breaks: each line a name and its text. */
export function scaleReport(dau: number): [what: string, text: string][] {
  const demand = demandOf(dau);
  const tier = tierFor(demand);
  const usd = scaleCost(demand, tier).reduce((sum, line) => sum + line.usd, 0);
  const [first] = limitsOfProd(demand);
  const load = first?.load ?? 0;
  return [
    ["requests/s at peak", rounded(demand.requestsPerSecond)],
    ["activity rows/s at peak", rounded(demand.rowsPerSecond)],
    ["instances of the service", rounded(demand.instances).replace(".0", "")],
    ["database connections", rounded(demand.connections)],
    ["database size", `${rounded(demand.databaseGb)} GB`],
    ["database tier", tier ?? "more than one primary"],
    ["warehouse after a year", `${rounded(demand.warehouseGb)} GB`],
    ["BigQuery reads a month, daily", `${rounded(demand.readTib)} TiB`],
    ["BigQuery reads a month, every 15 minutes", `${rounded(demand.readTibFrequent)} TiB`],
    ["logs a month", `${rounded(demand.logGb)} GB`],
    ["USD a month", `${tier ? "" : "more than "}${rounded(usd)}`],
    [
      "first to break in stack prod",
      `${first?.what}: ${load < 1 ? "holds, " : ""}${rounded(load * 100)} %, at about ${rounded(dau / load)} DAU`,
    ],
  ];
}

/** The table of docs/scale.md: a column for each step. */
export function scaleTable(): string {
  const reports = steps.map(scaleReport);
  const names = reports[0]?.map(([what]) => what) ?? [];
  const head = ["daily active users", ...steps.map((dau) => amountText(dau))];
  const rows = names.map((what, at) => [what, ...reports.map((report) => report[at]?.[1] ?? "")]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
