import { setTimeout as delay } from "node:timers/promises";
import { BigQuery, type BigQueryOptions } from "@google-cloud/bigquery";
import { pausesWithin, type RetrySchedule } from "./retry.ts";

export interface ConnectionOptions {
  /** The default is the project of the credentials or of gcloud. */
  project?: string | undefined;
  /** Where the datasets are and the jobs run. */
  location?: string | undefined;
  /** Base URL of another server with BigQuery's API. */
  apiEndpoint?: string | undefined;
  /**
   * The default is Application Default Credentials, also with another `apiEndpoint`
   * (`customEndpoint`, which would skip them, is an option of @google-cloud/common that BigQuery's client does not pass on).
   */
  authClient?: BigQueryOptions["authClient"] | undefined;
  /** What a query may be billed for at most; the default is 100 GB. */
  maximumBytesBilled?: number | undefined;
  /** How long the pauses between attempts may take in all, in milliseconds; the default is about two minutes. */
  patienceMs?: number | undefined;
  /** How long one request may take, in milliseconds; the default is a minute. An upload may be silent for as long. */
  requestLimitMs?: number | undefined;
  /** Waits some milliseconds. */
  wait?: ((ms: number) => Promise<unknown>) | undefined;
}

export interface Connection extends RetrySchedule {
  client: BigQuery;
  project: string;
  location: string;
  maximumBytesBilled: number;
}

/**
 * A query that is estimated to be billed for more fails and costs nothing
 * (https://cloud.google.com/bigquery/docs/best-practices-costs#restrict-bytes-billed); of a script, what ran before is billed
 * (https://cloud.google.com/bigquery/docs/multi-statement-queries#pricing). A query over three years of the reference size reads
 * some 40 GB. Scheduled queries are believed to have no such setting.
 */
const defaultMaximumBytesBilled = 100e9;

// BigQuery answers within seconds: a job runs on between two requests.
const defaultRequestLimitMs = 60_000;

/** Determines the project; makes no request to BigQuery yet. */
export async function connectBigquery(options: ConnectionOptions): Promise<Connection> {
  const { project, location = "EU", apiEndpoint, authClient, patienceMs, wait = delay } = options;
  const client = new BigQuery({
    location,
    // By default the client retries requests three times on its own schedule, but no upload and no job.
    retryOptions: { autoRetry: false },
    ...(project && { projectId: project }),
    ...(apiEndpoint && { apiEndpoint }),
    ...(authClient && { authClient }),
  });
  return {
    client,
    project: project ?? (await client.getProjectId()),
    location,
    maximumBytesBilled: options.maximumBytesBilled ?? defaultMaximumBytesBilled,
    requestLimitMs: options.requestLimitMs ?? defaultRequestLimitMs,
    pausesMs: pausesWithin(patienceMs),
    wait,
  };
}
