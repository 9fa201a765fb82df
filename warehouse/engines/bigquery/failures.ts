import type { JobMetadata } from "@google-cloud/bigquery";
import { tables } from "../../tables/table.ts";
import { WarehouseError } from "../../warehouse.ts";

type ErrorProto = NonNullable<NonNullable<JobMetadata["status"]>["errorResult"]>;

/** What the errors of the client libraries have in common. */
export type ThrownError = Error & {
  /** HTTP status, or the code of a broken connection. */
  code?: number | string;
  status?: number;
  /** Of @google-cloud/common. */
  errors?: ErrorProto[];
  /** Of gaxios, the HTTP client below google-auth-library. */
  response?: { data?: { error?: { errors?: ErrorProto[]; message?: string } | string } };
};

/** A job ran and failed without an effect. */
export class JobFailed extends Error {
  override name = "JobFailed";
  readonly errors: ErrorProto[];

  constructor({ jobReference, status }: JobMetadata) {
    const all = [status?.errorResult, ...(status?.errors ?? [])].filter((error) => error !== undefined);
    super(`job ${jobReference?.jobId} failed: ${all[0]?.message}`);
    this.errors = all.filter(
      ({ message }, index) => all.findIndex((other) => other.message === message) === index,
    );
  }
}

// https://cloud.google.com/bigquery/docs/error-messages; the last one is believed: others of Google's APIs have it.
const passingReasons = new Set([
  "backendError",
  "internalError",
  "jobBackendError",
  "jobInternalError",
  "jobRateLimitExceeded",
  "quotaExceeded",
  "rateLimitExceeded",
  "userRateLimitExceeded",
]);
const passingStatuses = new Set([408, 429, 500, 502, 503, 504]);
const brokenConnections = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EPIPE",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ETIMEDOUT",
  "UND_ERR_SOCKET",
]);

/** Whether the same request can succeed soon. */
export function isPassing(error: ThrownError): boolean {
  if (isUsedUp(error)) return false;
  if (reasonsOf(error).some((reason) => passingReasons.has(reason))) return true;
  if (passingStatuses.has(statusOf(error) ?? 0)) return true;
  return isConnectionBroken(error) || isConflict(error);
}

// A limit that the project's administrators have set for a day (https://cloud.google.com/bigquery/docs/custom-quotas). The page calls the
// reason usageQuotaExceeded; others have got quotaExceeded (https://github.com/PostHog/posthog/pull/64279).
const isUsedUp = (error: ThrownError) =>
  reasonsOf(error).includes("usageQuotaExceeded") || messageOf(error).startsWith("Custom quota exceeded");

/** BigQuery already has a job, dataset or table of that name. */
export const isDuplicate = (error: ThrownError) => statusOf(error) === 409;

export const isNotFound = (error: ThrownError) =>
  statusOf(error) === 404 || reasonsOf(error).includes("notFound");

/**
 * Turns a failure that a person can fix into one sentence; any other is returned unchanged.
 * @param location where the connection looks for datasets
 */
export function explain(thrown: unknown, location: string): unknown {
  if (!(thrown instanceof Error) || thrown instanceof WarehouseError) return thrown;
  const sentence = sentenceFor(thrown, location);
  return sentence ? new WarehouseError(sentence, { cause: thrown }) : thrown;
}

// Two transactions, or a transaction and a statement, that change the same table
// (https://cloud.google.com/bigquery/docs/transactions#transaction_concurrency).
const isConflict = (error: ThrownError) => /due to concurrent update/.test(messageOf(error));

function isConnectionBroken(error: ThrownError): boolean {
  if (typeof error.code === "string" && brokenConnections.has(error.code)) return true;
  if (/socket hang up|network timeout|premature close|fetch failed/i.test(error.message)) return true;
  return error.cause instanceof Error && isConnectionBroken(error.cause);
}

function sentenceFor(error: ThrownError, location: string): string | undefined {
  const message = messageOf(error);
  const reasons = reasonsOf(error);
  if (/Unable to detect a Project Id/.test(message)) {
    return "No Google Cloud project is chosen: name one, set GOOGLE_CLOUD_PROJECT, or run `gcloud config set project`.";
  }
  if (isUnauthenticated(error, message)) {
    return `There are no valid credentials for BigQuery: run \`gcloud auth application-default login\`, or set GOOGLE_APPLICATION_CREDENTIALS to a key file (${message}).`;
  }
  if (reasons.includes("accessNotConfigured")) {
    return `BigQuery is not enabled in the project: run \`gcloud services enable bigquery.googleapis.com\` (${message}).`;
  }
  if (isUsedUp(error)) {
    return `The day's custom quota of BigQuery is used up: try again after midnight, Pacific time, or have it raised in the console under IAM & Admin, Quotas (${message}).`;
  }
  if (reasons.includes("billingNotEnabled")) {
    return `Billing is not enabled for the project, and BigQuery changes no rows without it: run \`gcloud billing projects link\` (${message}).`;
  }
  if (reasons.includes("quotaExceeded")) {
    return `BigQuery's quota is exceeded: try again in ten minutes or more, or request a higher quota (${message}).`;
  }
  if (reasons.includes("bytesBilledLimitExceeded")) {
    return `The query would read more than the platform allows one job, and was not run: choose fewer days with --from and --to (${message}).`;
  }
  if (isPassing(error)) return `BigQuery stays overloaded or unreachable: try again later (${message}).`;
  if (statusOf(error) === 403 || reasons.includes("accessDenied")) {
    return `BigQuery denies access: have your account granted roles/bigquery.jobUser on the project and, on the datasets, roles/bigquery.dataViewer to read or roles/bigquery.dataEditor to write (${message}).`;
  }
  const column = reasons.includes("invalidQuery") && missingColumn(message);
  if (column) {
    return `A table lacks the column ${column}, because it was created by an older version: update the tables with \`pulumi up\` (${message}).`;
  }
  return isNotFound(error) ? sentenceForMissing(message, location) : undefined;
}

// Of a column that is read, of one that is read by its table's alias, and of one that is written.
const unknownName =
  /^(?:Unrecognized name: (\w+)|Name (\w+) not found inside|Column (\w+) is not present in (?:target )?table)/;

/** The unknown name in a message, if a version may have added a column of that name: it is nullable. Others are a defect. */
function missingColumn(message: string): string | undefined {
  const name = unknownName.exec(message)?.slice(1).find(Boolean);
  const isAdded = tables.some(({ fields }) =>
    fields.some((field) => field.name === name && field.mode !== "REQUIRED"),
  );
  return isAdded ? name : undefined;
}

const isUnauthenticated = (error: ThrownError, message: string) =>
  statusOf(error) === 401 ||
  /Could not load the default credentials|invalid_grant|invalid_rapt|Could not refresh access token/.test(
    message,
  );

function sentenceForMissing(message: string, location: string): string | undefined {
  switch (/Not found: (Project|Dataset|Table)/.exec(message)?.[1]) {
    case "Project":
      return `The project does not exist, or you may not see it: check its id with \`gcloud projects list\` (${message}).`;
    case "Dataset":
      return `A dataset does not exist in location ${location}: create the datasets with \`pulumi up\`, or give their location (${message}).`;
    case "Table":
      return `A table does not exist: create the tables with \`pulumi up\` (${message}).`;
    default:
      return undefined;
  }
}

function statusOf({ status, code }: ThrownError): number | undefined {
  return [status, code].map(Number).find((number) => number >= 400);
}

function errorsOf({ errors, response }: ThrownError): ErrorProto[] {
  const error = response?.data?.error;
  return errors ?? (typeof error === "object" ? error.errors : undefined) ?? [];
}

const reasonsOf = (error: ThrownError) =>
  errorsOf(error).flatMap(({ reason }) => (reason === undefined ? [] : [reason]));

/** The first message, on one line, without a full stop. */
function messageOf(error: ThrownError): string {
  const [first] = errorsOf(error);
  return (first?.message ?? error.message).trim().replace(/\s+/g, " ").replace(/\.$/, "");
}
