import { setTimeout as delay } from "node:timers/promises";
import { ImportReport, laterImportFields } from "@clan-platform/service/user-activity/schemas.ts";
import type { z } from "zod";
import { CliError } from "../terminal/cli-error.ts";
import { printable } from "../terminal/printable.ts";
import { pieceLines } from "./pieces.ts";

export type Report = z.infer<typeof ImportReport>;

/** The clan service, and the API key for it. */
export interface Service {
  url: string;
  key: string | undefined;
}

export interface Delivery {
  body: Buffer;
  mediaType: string;
  /** The same for every attempt, so that one whose response was lost is not applied twice. */
  idempotencyKey: string;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;
const maxAttempts = 12;
const responseTimeoutMs = 150_000;
const transient = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends a body, of which every row may be rejected: its report says why. Retries with exponential backoff after a broken connection, 429, 503 and the like, or after the
 * time that the service asks for (at most half a minute).
 * @throws {CliError} when the service rejects the body, or after twelve attempts (about four minutes)
 */
export async function deliver(
  service: Service,
  delivery: Delivery,
  onWait: (why: string) => void,
): Promise<Report> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(service, delivery);
    if ("report" in outcome) return outcome.report;
    if (!outcome.isTransient) throw new CliError(`the service rejected it: ${outcome.why}`);
    if (attempt === maxAttempts) throw new CliError(`${outcome.why}, ${maxAttempts} times in a row`);
    // Jitter, so that many senders don't retry at the same moment.
    const backoffMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
    const waitMs = Math.max(backoffMs, outcome.retryAfterMs);
    onWait(`${outcome.why}; retrying in ${Math.max(1, Math.round(waitMs / 1_000))} s`);
    await delay(waitMs);
  }
}

type Outcome = { report: Report } | { why: string; isTransient: boolean; retryAfterMs: number };

async function attemptOnce(
  { url, key }: Service,
  { body, mediaType, idempotencyKey }: Delivery,
): Promise<Outcome> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/user-activity/import?max_rejects=${pieceLines}`, {
      method: "POST",
      headers: {
        "content-type": mediaType,
        "content-encoding": "gzip",
        "idempotency-key": idempotencyKey,
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(responseTimeoutMs),
    });
    text = await response.text();
  } catch (error) {
    return { why: `${url} can't be reached (${reasonOf(error)})`, isTransient: true, retryAfterMs: 0 };
  }
  if (response.status === 200) {
    const report = ImportReport.safeParse({ ...laterImportFields, ...(parse(text) as object) });
    if (report.success) return { report: report.data };
    return { why: `${url} does not respond as the clan service does`, isTransient: false, retryAfterMs: 0 };
  }
  const { reason, detail } = { reason: "", detail: text.slice(0, 200), ...(parse(text) as object) };
  // An attempt whose connection broke may still be running.
  const isTransient = transient.has(response.status) || reason === "IDEMPOTENCY_KEY_IN_USE";
  const retryAfterMs = Math.min(longestWaitMs, (Number(response.headers.get("retry-after")) || 0) * 1_000);
  return {
    why: `${response.status} ${printable(String(detail))}${keyHint(response.status, key)}`.trim(),
    isTransient,
    retryAfterMs,
  };
}

/** npm takes `--key KEY` away without a trace when `--` is missing before it. */
const keyHint = (status: number, key: string | undefined) =>
  status === 401 && !key && process.env.npm_lifecycle_event
    ? " (under npm, --key needs -- before it: npm run send-activity -- FILE --key KEY)"
    : "";

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0]);
  if (!(cause instanceof Error)) return String(cause);
  return "code" in cause ? String(cause.code) : cause.message;
}
