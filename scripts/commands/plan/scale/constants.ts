/**
 * What the model of `npm run plan -- --dau N` rests on. `measured` are what one machine did; constants.test.ts asserts them
 * against BENCHMARKS.md, and row-size.postgres.test.ts and log-size.postgres.test.ts against the running parts.
 */
export const measured = {
  /** BENCHMARKS.md, service: requests per second of 2 CPUs that also run the database and the client. */
  requestsPerSecond: { create: 2_300, list: 2_200, search: 700, get: 6_700 },
  /** BENCHMARKS.md, activity: rows per second of `POST /user-activity` with 500 rows, on the same 2 CPUs. */
  activityRowsPerSecond: 31_000,
  /** row-size.postgres.test.ts: bytes of a row of user_activity with its indexes. */
  postgresRowBytes: 260,
  /** log-size.postgres.test.ts: bytes of the log entry of a request. */
  logEntryBytes: 600,
};

/** Expired rows are dropped by partitions of a quarter: the first of one stay so many days longer (docs/decisions/0016). */
export const quarterDays = 91;

/** What no benchmark can measure: how a game uses the platform. Change these first. */
export const assumed = {
  /** Clan requests per player and day; the studio's client decides. */
  requestsPerDau: 20,
  /** Their mix. */
  mix: { get: 0.8, list: 0.1, search: 0.05, create: 0.05 },
  /** Deliveries of a player's row per day: once per session. */
  deliveriesPerDau: 3,
  rowsPerDelivery: 500,
  /** The busiest hour over the mean of a day. */
  peak: 3,
  /** How much of a CPU is planned for. */
  utilization: 0.5,
  /** Days of user_activity that PostgreSQL keeps. */
  retentionDays: 400,
  /** Days of activity that are read and written again and again, and should fit in memory. */
  hotDays: 3,
  /** BigQuery keeps a year. */
  warehouseDays: 365,
  /** Rows per second that BigQuery reads of PostgreSQL over EXTERNAL_QUERY (believed: a single stream). */
  externalQueryRowsPerSecond: 50_000,
};
