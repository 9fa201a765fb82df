import { ApiError, ConnectionError, createClanClient, type Retry } from "@clan-platform/client";
import { printable } from "@clan-platform/contract/terminal/printable.ts";
import { ImportReport, laterImportFields } from "@clan-platform/service/user-activity/schemas.ts";
import type { z } from "zod";
import { CliError } from "../terminal/cli-error.ts";
import { pieceLines } from "./pieces.ts";

export type Report = z.infer<typeof ImportReport>;

/** The clan service, and the API key for it. */
export interface Service {
  url: string;
  key: string | undefined;
}

export interface Delivery {
  body: Buffer;
  mediaType: "text/csv" | "application/x-ndjson";
  /** The same for every attempt, so that one whose response was lost is not applied twice. */
  idempotencyKey: string;
}

const maxAttempts = 12;
const timeoutMs = 150_000;

/**
 * Sends a body, of which every row may be rejected: its report says why. The client retries.
 * @throws {CliError} when the service rejects the body, or after twelve attempts (about four minutes)
 */
export async function deliver(
  { url, key }: Service,
  { body, mediaType, idempotencyKey }: Delivery,
  onWait: (why: string, waitMs: number) => void,
): Promise<Report> {
  let attempts = 1;
  const onRetry = ({ attempt, waitMs, status, problem, failure = "" }: Retry) => {
    attempts = attempt + 1;
    const why = status === undefined ? unreachable(url, failure) : rejection(status, problem?.detail ?? "");
    onWait(why, waitMs);
  };
  const client = createClanClient({
    baseUrl: url,
    ...(key && { apiKey: key }),
    maxAttempts,
    timeoutMs,
    onRetry,
  });
  try {
    const answer = await client.importActivity(new Uint8Array(body), {
      contentType: mediaType,
      contentEncoding: "gzip",
      maxRejects: pieceLines,
      idempotencyKey,
    });
    const report = ImportReport.safeParse({ ...laterImportFields, ...answer });
    if (report.success) return report.data;
  } catch (error) {
    const isLast = attempts === maxAttempts;
    if (error instanceof ConnectionError)
      throw new CliError(`${unreachable(url, error.failure)}, ${maxAttempts} times in a row`, {
        cause: error,
      });
    if (error instanceof ApiError) {
      if (error.status < 400) throw notTheService(url, error.message);
      const { status, problem } = error;
      const why =
        (problem ? rejection(status, problem.detail) : printable(error.message)) + keyHint(status, key);
      throw new CliError(
        isLast ? `${why}, ${maxAttempts} times in a row` : `the service rejected it: ${why}`,
      );
    }
    throw error;
  }
  throw notTheService(url, "another answer");
}

const notTheService = (url: string, why: string) =>
  new CliError(
    `the service rejected it: ${url} does not respond as the clan service does (${printable(why)})`,
  );

const rejection = (status: number, detail: string) => `${status} ${printable(detail)}`.trim();

const unreachable = (url: string, failure: string) => `${url} can't be reached (${failure})`;

/** npm takes `--key KEY` away without a trace when `--` is missing before it. */
const keyHint = (status: number, key: string | undefined) =>
  status === 401 && !key && process.env.npm_lifecycle_event
    ? " (under npm, --key needs -- before it: npm run send-activity -- FILE --key KEY)"
    : "";
