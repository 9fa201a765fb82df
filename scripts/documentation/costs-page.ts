import { amountText } from "@clan-platform/contract/terminal/amounts.ts";
import { type Recorded, record } from "@clan-platform/infra/recording/record.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { type CostLine, monthlyCost } from "../commands/plan/cost.ts";
import { costLines } from "../commands/plan/cost-lines.ts";
import { assumed } from "../commands/plan/scale/constants.ts";
import { type Demand, databaseGbOf, demandOf, tierHolds } from "../commands/plan/scale/model.ts";
import { logCost } from "../commands/plan/scale/monthly-cost.ts";
import { usageOf } from "../commands/plan/scale/usage.ts";
import { savings, withViewers } from "./savings.ts";

const steps = [10_000, 100_000, 1_000_000];

/** The tables of docs/costs.md, by their names. */
export async function costTables(): Promise<Record<string, string>> {
  const dev = await resourcesOf("dev");
  const prod = await resourcesOf("prod");
  const viewed = await resourcesOf("prod", withViewers);
  return {
    dev: stackTable(dev),
    prod: stackTable(prod),
    lines: table(
      ["line", "proportional to", "price in USD"],
      [...monthlyCost(viewed), logCost(0)].map(({ what }) => {
        const { proportionalTo, price, url } = sourceOf(what);
        return [what, proportionalTo, `${price} ([source](${url}))`];
      }),
    ),
    savings: await savingsTable(),
  };
}

async function resourcesOf(stack: string, others: Record<string, unknown> = {}): Promise<Recorded[]> {
  const named = Object.entries(others).map(([key, value]) => [`clan-platform:${key}`, value]);
  const settings = stackSettings(stack, { "gcp:project": "my-project", ...Object.fromEntries(named) });
  return (await record(stack, settings)).resources;
}

/** @throws {Error} for a line that docs/costs.md could not explain */
function sourceOf(what: string) {
  const source = costLines[what];
  if (!source) throw new Error(`${what} has no source: add it to scripts/commands/plan/cost-lines.ts`);
  return source;
}

/** A stack's lines at the end of the retention, when its disk has grown to what it keeps. */
function linesOf(resources: Recorded[], demand: Demand, days = assumed.retentionDays): CostLine[] {
  const diskGb = Math.ceil(databaseGbOf(demand.dau, days) * 1.25);
  return [...monthlyCost(grown(resources, diskGb), usageOf(demand)), logCost(demand.logGb)];
}

const isDatabase = ({ type }: Recorded) => type.endsWith(":DatabaseInstance");

interface DatabaseSettings {
  tier: string;
  diskSize: number;
  diskAutoresizeLimit: number;
}

const databaseSettings = (resources: Recorded[]) =>
  resources.find(isDatabase)?.inputs.settings as DatabaseSettings;

function grown(resources: Recorded[], diskGb: number): Recorded[] {
  const settings = databaseSettings(resources);
  const diskSize = Math.max(settings.diskSize, diskGb);
  return resources.map((resource) =>
    isDatabase(resource)
      ? { ...resource, inputs: { ...resource.inputs, settings: { ...settings, diskSize } } }
      : resource,
  );
}

const total = (lines: CostLine[]) => lines.reduce((sum, { usd }) => sum + usd, 0);

function stackTable(resources: Recorded[]): string {
  const demands = steps.map(demandOf);
  const columns = demands.map((demand) => linesOf(resources, demand));
  const rows = (columns[0] ?? []).map(({ what }, at) => [
    what,
    ...columns.map((lines) => usdText(lines[at]?.usd ?? 0)),
  ]);
  const { tier, diskAutoresizeLimit } = databaseSettings(resources);
  const holds = demands.map((demand) => {
    if (!tierHolds(tier, demand)) return `no: ${tier}`;
    return demand.databaseGb > diskAutoresizeLimit ? `no: ${diskAutoresizeLimit} GB of disk` : "yes";
  });
  return table(head("USD a month"), [
    ...rows,
    ["**total**", ...columns.map((lines) => `**${usdText(total(lines))}**`)],
    ["the database holds", ...holds],
  ]);
}

async function savingsTable(): Promise<string> {
  const rows: { saved: number[]; cells: string[] }[] = [];
  // Most begin with the same stack.
  const begun = new Map<string, Recorded[]>();
  // One after another: Pulumi's runtime can record only one program at a time.
  for (const { name, before = {}, after, loses } of savings) {
    const key = JSON.stringify(before);
    const from = begun.get(key) ?? (await resourcesOf("prod", before));
    begun.set(key, from);
    const to = await resourcesOf("prod", after);
    const saved = steps
      .map(demandOf)
      .map(
        (demand) => total(linesOf(from, demand)) - total(linesOf(to, demand, after.activityRetentionDays)),
      );
    const settings = Object.entries(after).map(([key, value]) => `\`${key}: ${value}\``);
    rows.push({ saved, cells: [name ?? settings.join(", "), ...saved.map(usdText), loses] });
  }
  const sorted = rows.toSorted((a, b) => (b.saved[1] ?? 0) - (a.saved[1] ?? 0));
  return table(
    [...head("setting"), "what is lost"],
    sorted.map(({ cells }) => cells),
  );
}

const head = (first: string) => [first, ...steps.map((dau) => `${amountText(dau)} DAU`)];

/** Whole dollars from ten on. */
const usdText = (usd: number) => amountText(usd, Math.abs(usd) < 9.995 ? 2 : 0);

const table = (names: string[], rows: string[][]) =>
  [names, names.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
