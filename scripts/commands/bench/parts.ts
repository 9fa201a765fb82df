import type { Ratio } from "../../bench/ratios.ts";

/** The parts of the benchmark, in the order of BENCHMARKS.md. */
export const parts: Record<string, () => Promise<{ run: () => Promise<Ratio[]> }>> = {
  service: () => import("../../bench/service.ts"),
  members: () => import("../../bench/members.ts"),
  plans: () => import("../../bench/plans.ts"),
  activity: () => import("../../bench/activity.ts"),
  partitions: () => import("../../bench/partitions.ts"),
  pipeline: () => import("../../bench/pipeline.ts"),
  warehouse: () => import("../../bench/warehouse.ts"),
  tables: () => import("../../bench/tables.ts"),
  dashboard: () => import("../../bench/dashboard.ts"),
};
