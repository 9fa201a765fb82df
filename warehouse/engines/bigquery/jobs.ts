import { Readable } from "node:stream";
import type { JobMetadata } from "@google-cloud/bigquery";
import { WarehouseError } from "../../warehouse.ts";
import type { Connection } from "./connection.ts";
import { isDuplicate, isPassing, JobFailed, type ThrownError } from "./failures.ts";
import { jittered, retrying } from "./retry.ts";

export interface JobRequest {
  /** The job's ids are this name and the number of the attempt: a repeated request gets the same job. */
  name: string;
  configuration: NonNullable<JobMetadata["configuration"]>;
  /** The data of a load job; called for every upload. */
  media?: () => Readable;
}

/**
 * Runs a job until it succeeds. After a transient failure (or one in an earlier run), the next attempt is a job with the
 * next number. BigQuery accepts one job per id, so that none runs twice
 * (https://cloud.google.com/bigquery/docs/managing-jobs#repeat_jobs).
 * @param isDone whether a job that succeeded has had its effect: what one of an earlier run made may be deleted by now
 * @throws {JobFailed} when the job fails permanently
 */
export async function doJob(
  connection: Connection,
  request: JobRequest,
  isDone: () => Promise<boolean> = async () => true,
): Promise<JobMetadata> {
  const pauses = [...connection.pausesMs];
  for (let attempt = 1; ; attempt++) {
    const { job, isOld } = await endOfJob(connection, `${request.name}_${attempt}`, request);
    const failure = job.status?.errorResult && new JobFailed(job);
    if (!failure && (await isDone())) return job;
    if (isOld) continue;
    if (failure && !isPassing(failure)) throw failure;
    const pauseMs = pauses.shift();
    if (pauseMs === undefined) {
      throw (
        failure ??
        new WarehouseError(
          `BigQuery's job ${job.jobReference?.jobId} succeeded, and what it made does not exist: try again later.`,
        )
      );
    }
    await connection.wait(jittered(pauseMs));
  }
}

/** How many bytes a job would read. */
export async function dryRun(
  connection: Connection,
  configuration: JobRequest["configuration"],
): Promise<number> {
  const body = { configuration: { ...configuration, dryRun: true }, jobReference: referenceOf(connection) };
  const job = await retrying(connection, (signal) => insertJob(connection, body, signal));
  return Number(job.statistics?.totalBytesProcessed ?? 0);
}

interface EndedJob {
  job: JobMetadata;
  /** BigQuery had a job of this id already: of an earlier run, of another process, or of a request whose response was lost. */
  isOld: boolean;
}

/** Starts the job, unless BigQuery has one of this id, and waits until it ends. */
async function endOfJob(
  connection: Connection,
  jobId: string,
  { configuration, media }: JobRequest,
): Promise<EndedJob> {
  const body = { configuration, jobReference: { ...referenceOf(connection), jobId } };
  let isOld = false;
  let job: JobMetadata | undefined;
  try {
    job = await retrying(connection, (signal, onProgress) =>
      insertJob(connection, body, signal, media && (() => reporting(media(), onProgress))),
    );
  } catch (error) {
    if (!isDuplicate(error as ThrownError)) throw error;
    isOld = true;
  }
  for (let pauseMs = 100; job?.status?.state !== "DONE"; pauseMs = Math.min(5_000, pauseMs * 1.5)) {
    if (job) await connection.wait(pauseMs);
    const { client, location } = connection;
    [job] = await retrying(connection, () => client.job(jobId, { location }).getMetadata());
  }
  return { job, isOld };
}

/** The same stream, which reports every chunk that is read from it. */
const reporting = (stream: Readable, onChunk: () => void): Readable =>
  Readable.from(
    (async function* () {
      for await (const chunk of stream) {
        onChunk();
        yield chunk;
      }
    })(),
  );

const referenceOf = ({ project, location }: Connection) => ({ projectId: project, location });

/**
 * Inserts a job without the client's methods: its upload of a file sends no location and no labels, and its `createJob`
 * throws for a job that was accepted and failed, as if it had been refused. A file is uploaded in one request
 * (multipart), not in a resumable session: an interrupted upload is repeated under the same job id
 * (https://cloud.google.com/bigquery/docs/reference/api-uploads).
 */
async function insertJob(
  { client, project }: Connection,
  body: JobMetadata,
  signal: AbortSignal,
  media?: () => Readable,
): Promise<JobMetadata> {
  const path = `bigquery/v2/projects/${encodeURIComponent(project)}/jobs`;
  const json = JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const { data } = await client.authClient.request<JobMetadata>({
    method: "POST",
    retry: false,
    signal,
    ...(media
      ? {
          url: `${client.apiEndpoint}/upload/${path}?uploadType=multipart`,
          multipart: [
            { headers: new Headers(headers), content: json },
            { headers: new Headers({ "content-type": "application/octet-stream" }), content: media() },
          ],
        }
      : { url: `${client.apiEndpoint}/${path}`, headers, body: json }),
  });
  return data;
}
