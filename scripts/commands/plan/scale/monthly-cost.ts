import { type CostLine, databasePrice, prices } from "../cost.ts";
import type { Demand } from "./model.ts";
import { instanceSeconds } from "./usage.ts";

/** The largest tier stands for what one primary can't do: the price is then a lower bound. */
const largest = "db-custom-96-368640";

/** What a number of players costs per month in two zones, with a sync every 15 minutes, at list prices beyond the free tiers. */
export function scaleCost(demand: Demand, tier: string = largest): CostLine[] {
  const { databaseGb, monthlyRequests, warehouseGb, readTibFrequent, logGb } = demand;
  const diskGb = Math.max(10, Math.ceil(databaseGb * 1.25));
  const cpuSeconds = instanceSeconds(monthlyRequests);
  const beyond = (amount: number, free: number) => Math.max(0, amount - free);
  return [
    { what: "Cloud SQL", how: `${tier} and ${diskGb} GB, in two zones`, usd: databasePrice(tier, diskGb) },
    {
      what: "Cloud Run",
      how: `${Math.round(monthlyRequests / 1e6)} million requests`,
      usd:
        beyond(monthlyRequests / 1e6, 2) * prices.runMillionRequests +
        beyond(cpuSeconds, 180_000) * prices.runCpuSecond +
        beyond(cpuSeconds / 2, 360_000) * prices.runGibSecond,
    },
    {
      what: "BigQuery",
      how: `${Math.round(warehouseGb)} GB kept, ${readTibFrequent.toFixed(1)} TiB read`,
      usd: beyond(warehouseGb, 10) * prices.bigqueryGb + beyond(readTibFrequent, 1) * prices.bigqueryTib,
    },
    logCost(logGb),
  ];
}

/** Entries of our service; Cloud Run's own are excluded. 50 GiB are free. */
export const logCost = (logGb: number): CostLine => ({
  what: "Logs",
  how: `${Math.round(logGb)} GB`,
  usd: Math.max(0, (logGb * 1e9) / 2 ** 30 - 50) * prices.logGib,
});
