import { rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { assumptions, type Usage } from "../cost.ts";
import { type Demand, mixedRequestsPerCpu } from "./model.ts";
import { bytesPerDay } from "./warehouse-volumes.ts";

/** The monthly usage of this demand, for the estimate of a stack's cost. */
export function usageOf(demand: Demand): Usage {
  const { dau, monthlyRequests, warehouseGb } = demand;
  // Today's rows of raw are read three times; what is left are the small tables, 10 MB each at least.
  const smallTablesGib = 0.25;
  const rawTodayGib = bytesPerDay(rawTable, dau) / 2 ** 30;
  return {
    ...assumptions,
    requestsMillions: monthlyRequests / 1e6,
    busySecondsPerRequest: instanceSeconds(monthlyRequests) / monthlyRequests,
    warehouseGb,
    // People, and erasures of users, read the more the more there is.
    queriedTib: (assumptions.queriedTib * warehouseGb) / assumptions.warehouseGb,
    syncGib: smallTablesGib + 3 * rawTodayGib,
  };
}

const monthSeconds = 730 * 3_600;

/**
 * Seconds that Cloud Run bills: those in which an instance has at least one request. Requests that arrive independently, of some
 * ten milliseconds each, overlap, so that one instance is billed for at most the whole month; beyond, it is CPU that counts.
 */
export function instanceSeconds(monthlyRequests: number): number {
  const running = (monthlyRequests / monthSeconds) * assumptions.busySecondsPerRequest;
  return Math.max(monthSeconds * (1 - Math.exp(-running)), monthlyRequests / mixedRequestsPerCpu());
}
