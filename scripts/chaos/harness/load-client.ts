import { randomUUID } from "node:crypto";
import type { Agent } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { addDays } from "@clan-platform/warehouse/days.ts";
import { activity, toCsv } from "../../testkit/activity.ts";
import { type HttpRequest, type HttpResponse, NoResponse, sendRequest } from "./http-client.ts";
import type { Ledger, Outcome, Write } from "./ledger.ts";
import type { ResponseValidator } from "./response-validator.ts";

export interface Client {
  url(): string;
  validate: ResponseValidator;
  ledger: Ledger;
  /** Reports a response that is undeclared or wrong. */
  reportViolation(about: string): void;
  /** Whether it retries a write with its key until the outcome is known; otherwise the first response counts, or none. */
  isRetrying: boolean;
  /** How long it retries; default: 60. */
  retrySeconds?: number;
  /** Its connections; by default shared by all clients. */
  agent?: Agent;
  /** Called for each request, in the order of the responses. */
  onExchange?: ((exchange: Exchange) => void) | undefined;
}

/** A request and its response. */
export interface Exchange {
  request: HttpRequest;
  url: string;
  /** Undefined when none came, because of `error`. */
  response: HttpResponse | undefined;
  error?: NoResponse;
}

export interface WriteResult {
  outcome: Outcome;
  response: HttpResponse | undefined;
}

/** A client whose writes are recorded in the ledger, and whose responses are checked against the OpenAPI document. */
export function createClient(client: Client) {
  const { ledger } = client;
  const json = { "content-type": "application/json" };

  /** Returns the response after checking it; undefined when none came. */
  async function send(request: HttpRequest): Promise<HttpResponse | undefined> {
    const url = client.url();
    try {
      const response = await sendRequest(url, { ...(client.agent && { agent: client.agent }), ...request });
      const problem = client.validate(request.method ?? "GET", request.path, response);
      if (problem || response.status === 500)
        client.reportViolation(`${request.method ?? "GET"} ${request.path}: ${problem ?? response.text}`);
      client.onExchange?.({ request, url, response });
      return response;
    } catch (error) {
      if (!(error instanceof NoResponse)) throw error;
      client.onExchange?.({ request, url, response: undefined, error });
      return undefined;
    }
  }

  async function write(request: HttpRequest, key: string = randomUUID()): Promise<WriteResult> {
    const headers = { ...request.headers, ...(client.isRetrying && { "idempotency-key": key }) };
    const deadline = performance.now() + (client.retrySeconds ?? 60) * 1_000;
    // Once an attempt may have succeeded, the rejection of another one no longer proves that nothing was written.
    let isRejected = true;
    for (;;) {
      const response = await send({ method: "POST", ...request, headers });
      if (response && response.status < 300) return { outcome: "acknowledged", response };
      if (!response || isOutcomeUnknown(response)) isRejected = false;
      else if (isContradiction(response)) client.reportViolation(`POST ${request.path}: ${response.text}`);
      const isOver =
        !client.isRetrying || (response && !isRetryable(response)) || performance.now() > deadline;
      if (isOver) return { outcome: isRejected ? "rejected" : "unknown", response };
      await delay(50 + Math.random() * 200);
    }
  }

  function record(write: Omit<Write, "outcome">, result: WriteResult): Write {
    const recorded = { ...write, outcome: result.outcome };
    ledger.writes.push(recorded);
    return recorded;
  }

  /** The rows are new, also according to a replayed response. */
  function recordRows(user: string, rows: number, result: WriteResult): Write {
    const { inserted } =
      result.outcome === "acknowledged" ? JSON.parse(result.response?.text ?? "") : { inserted: rows };
    if (inserted !== rows)
      client.reportViolation(
        `all ${rows} rows of ${user} were new, but the response was ${result.response?.text}`,
      );
    return record({ kind: "activity", name: user, rows }, result);
  }

  return {
    send,
    async createClan(name: string, key?: string): Promise<Write> {
      const body = JSON.stringify({ name, region: "EU" });
      const result = await write({ path: "/clans", headers: json, body }, key);
      const id = result.outcome === "acknowledged" ? { id: JSON.parse(result.response?.text ?? "").id } : {};
      return record({ kind: "clan", name, ...id }, result);
    },
    async deleteClan(clan: Write): Promise<void> {
      const response = await send({ method: "DELETE", path: `/clans/${clan.id}` });
      const isDone = response?.status === 204;
      clan.deletion = isDone
        ? "acknowledged"
        : response && !isOutcomeUnknown(response)
          ? "rejected"
          : "unknown";
    },
    /** An acknowledged clan is visible to the next read. */
    async getClan({ id, outcome, name }: Write): Promise<void> {
      const response = await send({ path: `/clans/${id}` });
      if (outcome === "acknowledged" && response?.status === 404)
        client.reportViolation(`clan ${name} is not found`);
    },
    /** Acknowledged rows are visible to the next read; the first page has all rows of a batch. */
    async readHistory({ name, outcome, rows }: Write): Promise<void> {
      const path = `/user-activity?user_id=${encodeURIComponent(name)}&page_size=100`;
      const response = await send({ path });
      if (outcome !== "acknowledged" || response?.status !== 200) return;
      const read = JSON.parse(response.text).rows.length;
      if (read !== rows) client.reportViolation(`${read} of ${rows} rows of ${name} were returned`);
    },
    /** Sends a batch of `rows` rows. */
    async sendBatch(user: string, rows: number): Promise<Write> {
      const body = JSON.stringify({ rows: activityOf(user, rows) });
      return recordRows(user, rows, await write({ path: "/user-activity", headers: json, body }));
    },
    /** Imports `rows` rows. */
    async sendImport(user: string, rows: number): Promise<Write> {
      const result = await write({
        path: "/user-activity/import",
        headers: { "content-type": "text/csv" },
        body: toCsv(activityOf(user, rows)),
      });
      return recordRows(user, rows, result);
    },
  };
}

const activityOf = (user_id: string, rows: number) =>
  Array.from({ length: rows }, (_, n) =>
    activity({ user_id, event_date: addDays("2015-01-01", n), install_date: "2015-01-01" }),
  );

/** The same write with the same key may succeed later. */
const isRetryable = ({ status, text }: HttpResponse) =>
  status === 503 || status === 429 || (status === 409 && text.includes("IDEMPOTENCY_KEY_IN_USE"));

/** No other client writes the same: this one conflicts with its own earlier attempt, which should have been replayed. */
const isContradiction = ({ status, text }: HttpResponse) =>
  status === 422 || (status === 409 && !text.includes("IDEMPOTENCY_KEY_IN_USE"));

/** The service does not know whether the write was committed. */
const isOutcomeUnknown = ({ text }: HttpResponse) => text.includes("OUTCOME_UNKNOWN");
