import { assumptions, type Usage } from "../cost.ts";
import { syncGibOf } from "./bigquery-reads.ts";
import { type Demand, mixedRequestsPerCpu } from "./model.ts";

/** The monthly usage of this demand, for the estimate of a stack's cost. */
export function usageOf(demand: Demand): Usage {
  const { dau, monthlyRequests, warehouseGb, readTib } = demand;
  return {
    ...assumptions,
    requestsMillions: monthlyRequests / 1e6,
    busySecondsPerRequest: instanceSeconds(monthlyRequests) / monthlyRequests,
    warehouseGb,
    queriedTib: readTib,
    syncGib: syncGibOf(dau),
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
