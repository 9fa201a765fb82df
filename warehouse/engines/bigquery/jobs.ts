import type { Readable } from "node:stream";
import type { JobMetadata } from "@google-cloud/bigquery";
import { WarehouseError } from "../../warehouse.ts";
import { type Connection, jittered, retrying } from "./connection.ts";
import { isDuplicate, isPassing, JobFailed, type ThrownError } from "./failures.ts";

export interface JobRequest {
  /** The job's ids are this name with the number of the attempt: who asks for the same again gets the same job. */
  name: string;
  configuration: NonNullable<JobMetadata["configuration"]>;
  /** The data of a load job; called for every upload. */
  media?: () => Readable;
}

/**
 * Has BigQuery do a job until it is done. A job that ended badly by chance (or in an earlier run) is followed by another
 * with the next number; of the jobs with one id BigQuery takes the first alone, so that none runs twice.
 * @param isDone whether a job that ended well has done what it was for, when one of an earlier run may have had another aim
 * @throws {JobFailed} when the job fails for a reason that will stay
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
          `BigQuery's job ${job.jobReference?.jobId} ended well, and what it made is not there: try again later.`,
        )
      );
    }
    await connection.wait(jittered(pauseMs));
  }
}

/** What a job would read, in bytes, if it ran. */
export async function dryRun(
  connection: Connection,
  configuration: JobRequest["configuration"],
): Promise<number> {
  const body = { configuration: { ...configuration, dryRun: true }, jobReference: referenceOf(connection) };
  const job = await retrying(connection, () => insertJob(connection, body));
  return Number(job.statistics?.totalBytesProcessed ?? 0);
}

interface EndedJob {
  job: JobMetadata;
  /** BigQuery had a job of this id already: of an earlier run, of another process, or ours, and the answer was lost. */
  isOld: boolean;
}

/** Starts the job, unless BigQuery has one of this id, and waits until it has ended. */
async function endOfJob(
  connection: Connection,
  jobId: string,
  { configuration, media }: JobRequest,
): Promise<EndedJob> {
  const body = { configuration, jobReference: { ...referenceOf(connection), jobId } };
  let isOld = false;
  let job: JobMetadata | undefined;
  try {
    job = await retrying(connection, () => insertJob(connection, body, media));
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

const referenceOf = ({ project, location }: Connection) => ({ projectId: project, location });

/**
 * The client's own inserts will not do: its upload of a file names no location and no labels, and its `createJob` throws
 * for a job that was taken and failed, as if it had been refused. A file goes up in one request (multipart), not in a
 * resumable session: when it breaks off, it is sent again under the same job id, of which BigQuery accepts one.
 * https://cloud.google.com/bigquery/docs/reference/api-uploads
 */
async function insertJob(
  { client, project }: Connection,
  body: JobMetadata,
  media?: () => Readable,
): Promise<JobMetadata> {
  const path = `bigquery/v2/projects/${encodeURIComponent(project)}/jobs`;
  const json = JSON.stringify(body);
  const headers = { "content-type": "application/json" };
  const { data } = await client.authClient.request<JobMetadata>({
    method: "POST",
    retry: false,
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
