import { setTimeout as delay } from "node:timers/promises";
import { ImportReport } from "@clan-platform/service/user-activity/schemas.ts";
import type { z } from "zod";
import { Refusal } from "../terminal/refusal.ts";

export type Report = z.infer<typeof ImportReport>;

export interface Target {
  url: string;
  key: string | undefined;
}

export interface Delivery {
  body: Buffer;
  mediaType: string;
  /** The same for every attempt, so that one whose answer was lost is not done twice. */
  idempotencyKey: string;
}

const firstWaitMs = 500;
const longestWaitMs = 30_000;
const maxAttempts = 12;
const answerTimeoutMs = 150_000;
const passing = new Set([408, 429, 500, 502, 503, 504]);

/**
 * Sends a body until the service has answered: it waits longer and longer after a broken connection, 429, 503 and the
 * like, or as long as the service asks for (at most half a minute).
 * @throws {Refusal} when the service refuses the body, or after twelve attempts (some four minutes)
 */
export async function deliver(
  target: Target,
  delivery: Delivery,
  onWait: (why: string) => void,
): Promise<Report> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await attemptOnce(target, delivery);
    if ("report" in outcome) return outcome.report;
    if (!outcome.isPassing) throw new Refusal(`the service refused it: ${outcome.why}`);
    if (attempt === maxAttempts) throw new Refusal(`${outcome.why}, ${maxAttempts} times in a row`);
    // Jitter, so that many senders don't come back at the same moment.
    const growing = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
    const waitMs = Math.max(growing, outcome.retryAfterMs);
    onWait(`${outcome.why}; trying again in ${Math.max(1, Math.round(waitMs / 1_000))} s`);
    await delay(waitMs);
  }
}

type Outcome = { report: Report } | { why: string; isPassing: boolean; retryAfterMs: number };

async function attemptOnce(
  { url, key }: Target,
  { body, mediaType, idempotencyKey }: Delivery,
): Promise<Outcome> {
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(`${url}/user-activity/import`, {
      method: "POST",
      headers: {
        "content-type": mediaType,
        "content-encoding": "gzip",
        "idempotency-key": idempotencyKey,
        ...(key && { authorization: `Bearer ${key}` }),
      },
      body: new Uint8Array(body),
      signal: AbortSignal.timeout(answerTimeoutMs),
    });
    text = await answer.text();
  } catch (error) {
    return { why: `${url} can't be reached (${reasonOf(error)})`, isPassing: true, retryAfterMs: 0 };
  }
  if (answer.status === 200) {
    const report = ImportReport.safeParse(parse(text));
    if (report.success) return { report: report.data };
    return { why: `${url} does not answer as the clan service does`, isPassing: false, retryAfterMs: 0 };
  }
  const { reason, detail } = { reason: "", detail: text.slice(0, 200), ...(parse(text) as object) };
  // An attempt whose connection broke may still be running.
  const isPassing = passing.has(answer.status) || reason === "IDEMPOTENCY_KEY_IN_USE";
  const retryAfterMs = Math.min(longestWaitMs, (Number(answer.headers.get("retry-after")) || 0) * 1_000);
  return { why: `${answer.status} ${detail}`.trim(), isPassing, retryAfterMs };
}

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
