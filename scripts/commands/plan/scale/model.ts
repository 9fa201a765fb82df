import { maxConnections, tierSize } from "@clan-platform/infra/database-tier.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { tables } from "@clan-platform/warehouse/tables/table.ts";
import { assumptions } from "../cost.ts";
import { readTibOf, syncGibOf, syncsPerMonth } from "./bigquery-reads.ts";
import { assumed, measured, quarterDays } from "./constants.ts";
import { bytesPerDay } from "./warehouse-volumes.ts";

const gigabyte = 1e9;
const daySeconds = 86_400;

/** What a number of daily active users asks for. */
export interface Demand {
  dau: number;
  /** At the busiest hour: clan requests and deliveries of activity. */
  requestsPerSecond: number;
  rowsPerSecond: number;
  instances: number;
  /** Planned CPUs, of the service and of the database each. */
  databaseCpus: number;
  /** Of every instance's pool, twice during a rollout. */
  connections: number;
  /** PostgreSQL's data at the end of the retention, when a partition is about to be dropped. */
  databaseGb: number;
  /** What should be in PostgreSQL's memory. */
  hotGb: number;
  /** The warehouse after a year, and what a month reads: people and daily refreshes alone, and with a sync every 15 minutes. */
  warehouseGb: number;
  readTib: number;
  readTibFrequent: number;
  /** Rows of one sync every 15 minutes at the busiest hour. */
  rowsPerSync: number;
  logGb: number;
  monthlyRequests: number;
}

const poolMax = 10;

/** Requests per second of one CPU that runs service and database, for the assumed mix. */
export function mixedRequestsPerCpu(): number {
  const seconds = Object.entries(assumed.mix).reduce(
    (sum, [operation, share]) =>
      sum + share / measured.requestsPerSecond[operation as keyof typeof assumed.mix],
    0,
  );
  // Of the two CPUs that were measured.
  return 1 / seconds / 2;
}

export function demandOf(dau: number): Demand {
  const { requestsPerDau, deliveriesPerDau, rowsPerDelivery, peak, utilization } = assumed;
  const rowsADay = dau * deliveriesPerDau;
  const requestsADay = dau * requestsPerDau + rowsADay / rowsPerDelivery;
  const requestsPerSecond = (requestsADay / daySeconds) * peak;
  const rowsPerSecond = (rowsADay / daySeconds) * peak;
  // A measured request used both the service's and the database's CPU: each is planned as if it had used all of it.
  const cpus =
    (requestsPerSecond / mixedRequestsPerCpu() + rowsPerSecond / (measured.activityRowsPerSecond / 2)) /
    utilization;
  const instances = Math.max(1, Math.ceil(cpus));
  const monthlyRequests = requestsADay * 30;
  const warehouseGb =
    tables.reduce((sum, table) => sum + bytesPerDay(table, dau) * assumed.warehouseDays, 0) / gigabyte;
  // People, and erasures of users, read the more the more there is.
  const readTib = (assumptions.queriedTib * warehouseGb) / assumptions.warehouseGb;
  return {
    dau,
    requestsPerSecond,
    rowsPerSecond,
    instances,
    databaseCpus: cpus,
    connections: instances * poolMax * 2 + 10,
    databaseGb: databaseGbOf(dau, assumed.retentionDays),
    hotGb: (dau * measured.postgresRowBytes * assumed.hotDays) / gigabyte,
    warehouseGb,
    readTib,
    readTibFrequent: readTibOf(readTib, syncGibOf(dau), syncsPerMonth(15)),
    rowsPerSync: rowsPerSecond * 900,
    logGb: (monthlyRequests * measured.logEntryBytes) / gigabyte,
    monthlyRequests,
  };
}

/** PostgreSQL's data if activity is kept for so many days. */
export const databaseGbOf = (dau: number, retentionDays: number): number =>
  (dau * measured.postgresRowBytes * (retentionDays + quarterDays)) / gigabyte;

const tiers = [
  "db-f1-micro",
  "db-g1-small",
  "db-custom-1-3840",
  "db-custom-2-7680",
  "db-custom-4-15360",
  "db-custom-8-30720",
  "db-custom-16-61440",
  "db-custom-32-122880",
  "db-custom-64-245760",
  "db-custom-96-368640",
];

/** The smallest tier with the CPUs, memory and connections; undefined if one primary is not enough. */
export function tierFor({ databaseCpus, connections, hotGb }: Demand): string | undefined {
  return tiers.find((tier) => {
    return tierHolds(tier, { databaseCpus, hotGb }) && maxConnections(tier) >= connections;
  });
}

/** Whether a tier has the CPUs and the memory. */
export function tierHolds(tier: string, { databaseCpus, hotGb }: Pick<Demand, "databaseCpus" | "hotGb">) {
  const { cpus = 0, memoryMb = 0 } = tierSize(tier) ?? {};
  // Shared cores: a fifth and half of one.
  const usable = cpus || (tier === "db-f1-micro" ? 0.2 : 0.5);
  return usable >= databaseCpus && memoryMb / 1_024 >= hotGb;
}

export interface Limit {
  what: string;
  /** Demand over limit: from 1 on, it breaks. */
  load: number;
}

/** The limits of stack prod as it is committed, the most loaded first. */
export function limitsOfProd(demand: Demand): Limit[] {
  const settings = stackSettings("prod");
  const setting = (name: string) => settings[`clan-platform:${name}`] ?? "";
  const { cpus = 0, memoryMb = 0 } = tierSize(setting("databaseTier")) ?? {};
  const instances = Number(setting("maxInstances"));
  const diskGb = Number(setting("databaseMaxDiskGb"));
  const memoryGb = memoryMb / 1_024;
  const usedCpus = demand.databaseCpus * assumed.utilization;
  const limits = [
    { what: `the database's CPUs (${cpus})`, load: usedCpus / cpus },
    { what: `the service's instances (${instances})`, load: usedCpus / instances },
    { what: `the database's disk (${diskGb} GB)`, load: demand.databaseGb / diskGb },
    { what: `the database's memory (${memoryGb} GB) for hot rows`, load: demand.hotGb / memoryGb },
    {
      what: "a sync of EXTERNAL_QUERY within its 15 minutes",
      load: demand.rowsPerSync / (assumed.externalQueryRowsPerSecond * 900),
    },
  ];
  return limits.sort((a, b) => b.load - a.load);
}
