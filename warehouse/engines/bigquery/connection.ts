import { setTimeout as delay } from "node:timers/promises";
import { BigQuery, type BigQueryOptions } from "@google-cloud/bigquery";
import { isPassing, type ThrownError } from "./failures.ts";

export interface ConnectionOptions {
  /** The default is that of the credentials or of gcloud. */
  project?: string | undefined;
  /** Where the datasets are and the jobs run. */
  location?: string | undefined;
  /** Base URL of another server that speaks BigQuery's API. */
  apiEndpoint?: string | undefined;
  /**
   * Who asks; the default is Application Default Credentials, also with another `apiEndpoint`
   * (`customEndpoint`, which would skip them, is an option of @google-cloud/common that BigQuery does not pass on).
   */
  authClient?: BigQueryOptions["authClient"] | undefined;
  /** For how long what fails by chance is tried again; the default is some two minutes. */
  patienceMs?: number | undefined;
  /** How to pass some milliseconds. */
  wait?: ((ms: number) => Promise<unknown>) | undefined;
}

export interface Connection {
  client: BigQuery;
  project: string;
  location: string;
  /** The pauses before an attempt is made again. */
  pausesMs: number[];
  wait(ms: number): Promise<unknown>;
}

/** Some two minutes in all. */
const allPausesMs = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000];

/** Finds out the project, and asks BigQuery nothing yet. */
export async function connectBigquery(options: ConnectionOptions): Promise<Connection> {
  const { project, location = "EU", apiEndpoint, authClient, patienceMs, wait = delay } = options;
  const client = new BigQuery({
    location,
    // By default the client tries requests three times by itself, on an own schedule, but no upload and no job.
    retryOptions: { autoRetry: false },
    ...(project && { projectId: project }),
    ...(apiEndpoint && { apiEndpoint }),
    ...(authClient && { authClient }),
  });
  return {
    client,
    project: project ?? (await client.getProjectId()),
    location,
    pausesMs: pausesWithin(patienceMs),
    wait,
  };
}

function pausesWithin(patienceMs = Number.POSITIVE_INFINITY): number[] {
  let total = 0;
  return allPausesMs.filter((pauseMs) => {
    total += pauseMs;
    return total <= patienceMs;
  });
}

/** Makes a request, again after growing pauses while BigQuery is busy or can't be reached. Only for what may come twice. */
export async function retrying<T>({ pausesMs, wait }: Connection, request: () => Promise<T>): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await request();
    } catch (error) {
      if (!isPassing(error as ThrownError)) throw error;
      await wait(jittered(pauseMs));
    }
  }
  return await request();
}

/** So that many clients don't come back at the same moment. */
export const jittered = (ms: number) => ms * (0.5 + Math.random() / 2);
