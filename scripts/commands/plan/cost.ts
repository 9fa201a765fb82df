import { tierSize } from "@clan-platform/infra/database-tier.ts";
import type { Recorded } from "@clan-platform/infra/recording/record.ts";
import { readTibOf, syncGibOf, syncsPerMonth } from "./scale/bigquery-reads.ts";

/** List prices in USD of region us-central1, as of this month; European regions cost up to 10 % more. */
export const pricesOf = "May 2026";
/** In USD. */
export const prices = {
  // https://cloud.google.com/sql/pricing, edition Enterprise
  sqlCpuHour: 0.0413,
  sqlGbHour: 0.007,
  sqlSharedHour: { "db-f1-micro": 0.0105, "db-g1-small": 0.035 } as Record<string, number>,
  sqlSsdGb: 0.17,
  sqlBackupGb: 0.08,
  // https://cloud.google.com/run/pricing, tier 1, CPU while requests run
  runCpuSecond: 0.000024,
  runGibSecond: 0.0000025,
  runIdleSecond: 0.0000025,
  runMillionRequests: 0.4,
  // https://cloud.google.com/artifact-registry/pricing
  imagesGb: 0.1,
  // https://cloud.google.com/bigquery/pricing, EU, on demand
  bigqueryGb: 0.02,
  bigqueryTib: 6.25,
  // https://cloud.google.com/stackdriver/pricing
  logGib: 0.5,
  alertCondition: 0.1,
  // https://cloud.google.com/scheduler/pricing
  scheduledJob: 0.1,
  /** Per million series that conditions read; each is evaluated every 30 seconds. */
  alertMillionSeries: 0.35,
};
const free = {
  runCpuSeconds: 180_000,
  runGibSeconds: 360_000,
  runMillions: 2,
  imagesGb: 0.5,
  bigqueryGb: 10,
  tib: 1,
  scheduledJobs: 3,
};
const hours = 730;
const seconds = hours * 3_600;

/** Monthly usage that the estimate assumes; the rest comes from the stack's settings. */
export interface Usage {
  requestsMillions: number;
  /** Seconds that an instance is busy per request; requests run concurrently. */
  busySecondsPerRequest: number;
  imagesGb: number;
  warehouseGb: number;
  queriedTib: number;
  /** Of a run of activity_sync, with the touched days. */
  syncGib: number;
  /** Of the deployed dashboard. */
  dashboardRequestsMillions: number;
  dashboardQueriedTib: number;
}

export const assumptions: Usage = {
  requestsMillions: 10,
  busySecondsPerRequest: 0.01,
  imagesGb: 1,
  // 7.3 million rows of about 140 bytes per month, 240,000 a day, kept for a year.
  warehouseGb: 12,
  // Scheduled queries, and people. To erase a user, activity_sync reads all of raw, and reads it again to delete there.
  queriedTib: 0.9,
  syncGib: syncGibOf(240_000),
  // A hundred viewers whose pages ask for changes twice a minute, eight hours a day on 22 days: 2 requests each time.
  dashboardRequestsMillions: 4.2,
  // Every quarter of an hour of these hours, the data has changed, and 20 queries of 10 MB, BigQuery's minimum, are asked again.
  dashboardQueriedTib: 0.13,
};

export interface CostLine {
  what: string;
  how: string;
  /** Per month. */
  usd: number;
}

/** What a stack costs per month, beyond the free tiers. */
export function monthlyCost(resources: Recorded[], usage: Usage = assumptions): CostLine[] {
  const ofType = (suffix: string) => resources.filter(({ type }) => type.endsWith(`:${suffix}`));
  const [instance] = ofType("DatabaseInstance");
  const services = resources.filter(({ type }) => type === "gcp:cloudrunv2/service:Service");
  const service = services.find(({ inputs }) => inputs.name === "clan-service");
  const dashboard = services.find(({ inputs }) => inputs.name === "clan-dashboard");
  const queriedTib =
    readTibOf(usage.queriedTib, usage.syncGib, syncsOf(resources)) +
    (dashboard ? usage.dashboardQueriedTib : 0);
  return [
    ...(instance ? databaseCost(instance.inputs.settings as DatabaseSettings) : []),
    ...(service ? serviceCost(service.inputs.template as ServiceTemplate, usage) : []),
    ...(dashboard ? [dashboardCost(usage)] : []),
    {
      what: "Artifact Registry",
      how: `${usage.imagesGb} GB of images`,
      usd: beyond(usage.imagesGb, free.imagesGb) * prices.imagesGb,
    },
    {
      what: "BigQuery, storage",
      how: `${usage.warehouseGb} GB: a year of 7.3 million rows a month`,
      usd: beyond(usage.warehouseGb, free.bigqueryGb) * prices.bigqueryGb,
    },
    {
      what: "BigQuery, queries",
      how: `${Number(queriedTib.toFixed(2))} TiB read`,
      usd: beyond(queriedTib, free.tib) * prices.bigqueryTib,
    },
    {
      what: "Cloud Scheduler",
      how: `${ofType("cloudscheduler/job:Job").length} job; ${free.scheduledJobs} are free`,
      usd: beyond(ofType("cloudscheduler/job:Job").length, free.scheduledJobs) * prices.scheduledJob,
    },
    alertCost(ofType("AlertPolicy")),
  ];
}

/** Burn-rate alerts have two conditions. The metrics that are made of logs stay within Monitoring's free 150 MiB. */
function alertCost(alerts: Recorded[]): CostLine {
  const conditions = alerts.reduce((sum, { inputs }) => sum + (inputs.conditions as unknown[]).length, 0);
  const millionSeries = (conditions * seconds) / 30 / 1e6;
  return {
    what: "Monitoring",
    how: `${alerts.length} alerts with ${conditions} conditions`,
    usd: conditions * prices.alertCondition + millionSeries * prices.alertMillionSeries,
  };
}

interface DatabaseSettings {
  tier: string;
  availabilityType: string;
  diskSize: number;
}

function databaseCost({ tier, availabilityType, diskSize }: DatabaseSettings): CostLine[] {
  const zones = availabilityType === "REGIONAL" ? 2 : 1;
  const where = zones === 2 ? ", in two zones" : "";
  return [
    { what: "Cloud SQL, instance", how: `${tier}${where}`, usd: tierHourly(tier) * hours * zones },
    {
      what: "Cloud SQL, disk",
      how: `${diskSize} GB of SSD${where}`,
      usd: diskSize * prices.sqlSsdGb * zones,
    },
    {
      what: "Cloud SQL, backups",
      how: `${diskSize / 2} GB: half of the disk`,
      usd: (diskSize / 2) * prices.sqlBackupGb,
    },
  ];
}

/** Instance, disk and backups in two zones, in USD a month. */
export const databasePrice = (tier: string, diskSize: number): number =>
  databaseCost({ tier, availabilityType: "REGIONAL", diskSize }).reduce((sum, { usd }) => sum + usd, 0);

function tierHourly(tier: string): number {
  const { cpus, memoryMb } = tierSize(tier) ?? { cpus: 0, memoryMb: 0 };
  return prices.sqlSharedHour[tier] ?? cpus * prices.sqlCpuHour + (memoryMb / 1_024) * prices.sqlGbHour;
}

interface ServiceTemplate {
  scaling: { minInstanceCount: number };
}

/** An instance has one CPU and half a GiB. */
function serviceCost({ scaling }: ServiceTemplate, usage: Usage): CostLine[] {
  const gib = 0.5;
  const { requestsMillions, busySecondsPerRequest } = usage;
  const busy = requestsMillions * 1e6 * busySecondsPerRequest;
  const warm = scaling.minInstanceCount;
  return [
    {
      what: "Cloud Run, requests",
      how: `${requestsMillions} million requests, ${busySecondsPerRequest * 1_000} ms of an instance each`,
      usd:
        beyond(busy, free.runCpuSeconds) * prices.runCpuSecond +
        beyond(busy * gib, free.runGibSeconds) * prices.runGibSecond +
        beyond(requestsMillions, free.runMillions) * prices.runMillionRequests,
    },
    {
      what: "Cloud Run, kept warm",
      how: `${warm} ${warm === 1 ? "instance" : "instances"}`,
      usd: warm * seconds * prices.runIdleSecond * (1 + gib),
    },
  ];
}

/** Per month. */
function syncsOf(resources: Recorded[]): number {
  const sync = resources.find(({ inputs }) => inputs.displayName === "activity_sync" && inputs.schedule);
  const minutes = /^every (\d+) minutes$/.exec(String(sync?.inputs.schedule))?.[1];
  return syncsPerMonth(Number(minutes ?? 24 * 60));
}

/** Beside the service, which may use up the free tier. It has no instance while nobody looks. */
function dashboardCost({ dashboardRequestsMillions: millions }: Usage): CostLine {
  const busySecondsPerRequest = 0.005;
  const busy = millions * 1e6 * busySecondsPerRequest;
  const perSecond = prices.runCpuSecond + 0.5 * prices.runGibSecond;
  return {
    what: "Cloud Run, dashboard",
    how: `${millions} million requests: a hundred viewers`,
    usd: busy * perSecond + millions * prices.runMillionRequests,
  };
}

const beyond = (amount: number, allowance: number) => Math.max(0, amount - allowance);
