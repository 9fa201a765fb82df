import { prices } from "./cost.ts";

/** What a line of the estimate grows with, its prices in USD, and the page that they are from. */
export interface CostLineSource {
  proportionalTo: string;
  price: string;
  url: string;
}

const sql = "https://cloud.google.com/sql/pricing";
const run = "https://cloud.google.com/run/pricing";
const bigquery = "https://cloud.google.com/bigquery/pricing";
const observability = "https://cloud.google.com/stackdriver/pricing";
const million = (usd: number) => `${usd} per million`;

/** By the name of the line. */
export const costLines: Record<string, CostLineSource> = {
  "Cloud SQL, instance": {
    proportionalTo: "`databaseTier`, twice with `databaseAvailability: regional`; not players",
    price: `${prices.sqlCpuHour} per CPU and hour, ${prices.sqlGbHour} per GB of memory and hour; db-f1-micro ${prices.sqlSharedHour["db-f1-micro"]} per hour`,
    url: sql,
  },
  "Cloud SQL, disk": {
    proportionalTo:
      "players × (`activityRetentionDays` and the rest of a quarter), at least `databaseDiskGb`; twice with `regional`",
    price: `${prices.sqlSsdGb} per GB`,
    url: sql,
  },
  "Cloud SQL, backups": {
    proportionalTo: "the disk, half of it",
    price: `${prices.sqlBackupGb} per GB`,
    url: sql,
  },
  "Cloud Run, requests": {
    proportionalTo: "requests, and the seconds in which at least one is running",
    price: `${million(prices.runMillionRequests)} requests, ${prices.runCpuSecond} per CPU second, ${prices.runGibSecond} per GiB second`,
    url: run,
  },
  "Cloud Run, kept warm": {
    proportionalTo: "`minInstances`",
    price: `${prices.runIdleSecond} per idle CPU second and GiB second`,
    url: run,
  },
  "Cloud Run, dashboard": {
    proportionalTo: "open pages of `dashboardViewers`; a hundred are assumed",
    price: `${million(prices.runMillionRequests)} requests, and CPU`,
    url: run,
  },
  "Artifact Registry": {
    proportionalTo: "images that are kept",
    price: `${prices.imagesGb} per GB`,
    url: "https://cloud.google.com/artifact-registry/pricing",
  },
  "BigQuery, storage": {
    proportionalTo: "players × days; a year is assumed",
    price: `${prices.bigqueryGb} per GB`,
    url: bigquery,
  },
  "BigQuery, queries": {
    proportionalTo:
      "syncs (`syncEvery`) × players, at least a GiB per sync; and what people and erasures read",
    price: `${prices.bigqueryTib} per TiB`,
    url: bigquery,
  },
  "Cloud Scheduler": {
    proportionalTo: "jobs",
    price: `${prices.scheduledJob} per job`,
    url: "https://cloud.google.com/scheduler/pricing",
  },
  Monitoring: {
    proportionalTo: "conditions of alerts",
    price: `${prices.alertCondition} per condition, ${million(prices.alertMillionSeries)} series that they read`,
    url: observability,
  },
  Logs: {
    proportionalTo: "requests, of which the service logs an entry each",
    price: `${prices.logGib} per GiB`,
    url: observability,
  },
};
