/** The bound of a ratio. */
export type Limit = { atLeast: number } | { atMost: number };

/** Every ratio that is promised, by the part of the benchmark that measures it. */
export const limits: Record<string, Record<string, Limit>> = {
  service: {
    "start to first 200 of /health/ready over bare Fastify": { atMost: 3 },
    "create: requests/s over bare pg": { atLeast: 0.5 },
    "get: requests/s over bare pg": { atLeast: 0.5 },
    "list: requests/s over bare pg": { atLeast: 0.5 },
    "search: requests/s over bare pg": { atLeast: 0.5 },
    "delete: requests/s over bare pg": { atLeast: 0.5 },
    "search among 1,000,000: p99 over sequential scan": { atMost: 1 / 20 },
  },
  activity: {
    "import over a plain COPY into the same table": { atLeast: 1 / 3 },
    "import of the same again over that COPY": { atLeast: 1 / 4 },
    "growth of resident memory over 150 MB": { atMost: 1 },
    "other routes' p99 during the import over idle": { atMost: 5 },
    "POST /user-activity with 500 rows over a bare multi-row upsert": { atLeast: 0.5 },
  },
  pipeline: {
    "sync of new rows over COPY and read_csv": { atLeast: 1 / 2 },
    "sync of corrected rows over COPY and read_csv": { atLeast: 1 / 2 },
    "sync without changes over a second": { atMost: 1 },
    "peak memory of a sync over 1.5 GB": { atMost: 1 },
  },
  warehouse: {
    "first npm start over a minute": { atMost: 1 },
    "later npm start over 10 s": { atMost: 1 },
    "generate-raw over 300,000 rows/s": { atLeast: 1 },
    "load-raw over DuckDB's read_csv of the same parts": { atMost: 2 },
    "peak memory of load-raw over 2 GB": { atMost: 1 },
    "daily_metrics of 30 days over the bare query": { atMost: 1.2 },
    "refresh of 3 days among 360 over among 30": { atMost: 1.3 },
  },
  dashboard: {
    "data of a load over 400 kB": { atMost: 1 },
    "filter change to redrawn, main thread, over 100 ms": { atMost: 1 },
    "first load over that of an empty page with the library": { atMost: 3 },
  },
};
