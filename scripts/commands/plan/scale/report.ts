import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { tables } from "@clan-platform/warehouse/tables/table.ts";
import { demandOf, limitsOfProd, tierFor } from "./model.ts";
import { scaleCost } from "./monthly-cost.ts";
import { bytesPerDay, rowsPerDay } from "./warehouse-volumes.ts";

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

/** What a day adds to each table of the warehouse that grows, in rows and bytes, with this many daily active users. */
export function volumeReport(dau: number): [table: string, rows: string, bytes: string][] {
  const growing = tables.filter(({ name }) => (rowsPerDay[name]?.(dau) ?? 0) > 0);
  const lines = growing.map((table): [string, string, string] => [
    table.name,
    rounded(rowsPerDay[table.name]?.(dau) ?? 0),
    bytesText(bytesPerDay(table, dau)),
  ]);
  const sum = growing.reduce((bytes, table) => bytes + bytesPerDay(table, dau), 0);
  return [...lines, ["all tables", "", bytesText(sum)]];
}

function bytesText(bytes: number): string {
  if (bytes >= 1e9) return `${rounded(bytes / 1e9)} GB`;
  return bytes >= 1e6 ? `${rounded(bytes / 1e6)} MB` : `${rounded(bytes / 1e3)} kB`;
}

/** The tables of docs/scale.md. */
export const scaleTables = () =>
  `${byStep(scaleReport)}\n\nA day adds to each table of the warehouse, in BigQuery's logical bytes:\n\n${byStep(volumeReport)}`;

/** A table with a column for each step: the name of each line, and its last text. */
function byStep(report: (dau: number) => string[][]): string {
  const reports = steps.map(report);
  const rows = reports[0]?.map(([name = ""], at) => [
    name,
    ...reports.map((lines) => lines[at]?.at(-1) ?? ""),
  ]);
  const head = ["daily active users", ...steps.map((dau) => amountText(dau))];
  return [head, head.map(() => "---"), ...(rows ?? [])].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
