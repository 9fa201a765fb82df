import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { JobMetadata } from "@google-cloud/bigquery";
import { PassThroughClient } from "google-auth-library";
import type { ConnectionOptions } from "../engines/bigquery/connection.ts";
import { ApiError, type BigqueryEngine, openEngine } from "./bigquery-engine.ts";

export const project = "test-project";

/** An injected fault: what happens instead of a regular response, or after the work is done. */
export type Fault =
  | { status: number; reason: string; message?: string }
  /** The connection breaks before the work is done, or after. */
  | "broken before"
  | "answer lost"
  /** Nothing is done, and the connection stays open without a word. */
  | "silence"
  /** The work is done, and the response is that of a repetition: 409, it exists already. */
  | "duplicate"
  /** The job is accepted, runs, and fails. */
  | { jobFails: string; messages: string[] };

export interface RanJob {
  id: string;
  configuration: NonNullable<JobMetadata["configuration"]>;
  /** Of a load: the uploaded bytes, and the loaded rows. */
  bytes: number;
  rows: number;
}

export interface BigqueryServer {
  url: string;
  engine: BigqueryEngine;
  /** Every job that ran, in order; none runs twice. */
  ran: RanJob[];
  /** Every request: `jobs.insert merge_raw_0a1b_1`, `tables.insert daily_metrics`. */
  requests: string[];
  /** Makes the next `times` requests that `which` matches fail. */
  inject(which: RegExp, what: Fault, times?: number): void;
  faultsLeft(): number;
  close(): void;
}

export interface BigqueryOptions {
  /** The fault of a request that no other fault applies to. */
  faultOf?: ((request: string) => Fault | undefined) | undefined;
  /** How many rows a page of results has at most; the default is all. */
  rowsPerPage?: number | undefined;
}

/**
 * An emulator of BigQuery's REST API (https://cloud.google.com/bigquery/docs/reference/rest) on a real DuckDB, so that
 * loads and statements have their real effects. Jobs run when they are inserted, and are reported as running at first.
 */
export async function startBigquery({ faultOf, rowsPerPage }: BigqueryOptions = {}): Promise<BigqueryServer> {
  const engine = await openEngine();
  const faults: { which: RegExp; what: Fault; times: number }[] = [];
  const jobs = new Map<string, JobMetadata & { polls: number }>();
  const ran: RanJob[] = [];
  const requests: string[] = [];

  async function answer(request: Call): Promise<unknown> {
    const { name, body, target } = request;
    switch (name) {
      case "datasets.insert":
        return engine.createDataset(body.datasetReference.datasetId, body.location);
      case "datasets.get":
        return engine.dataset(target);
      case "tables.insert":
        return engine.createTable(body);
      case "tables.get":
        return engine.table(target);
      case "tables.delete":
        return engine.dropTable(target);
      case "jobs.insert":
        return insertJob(request);
      case "jobs.get":
        return stateOf(target);
      case "jobs.getQueryResults":
        return resultsOf(target, request.pageToken);
      default:
        throw new ApiError(404, "notFound", `unknown method ${name}`);
    }
  }

  async function insertJob({ body, media, failure }: Call): Promise<unknown> {
    const { configuration, jobReference } = body as JobMetadata;
    if (!configuration || !jobReference) throw new ApiError(400, "invalid", "no configuration");
    if (configuration.dryRun) {
      return { status: { state: "DONE" }, statistics: { totalBytesProcessed: "7340032" } };
    }
    const id = jobReference.jobId ?? "";
    if (jobs.has(id)) throw new ApiError(409, "duplicate", `Already Exists: Job ${project}:EU.${id}`);
    const job = { configuration, jobReference, polls: 0, status: {} as NonNullable<JobMetadata["status"]> };
    jobs.set(id, job);
    const errors = failure ? errorsOf(failure) : [];
    const run = async () => {
      let rows = 0;
      if (!failure) {
        try {
          rows = await engine.run(id, configuration, media, jobReference.location ?? "");
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          errors.push(error.proto);
        }
      }
      ran.push({ id, configuration, bytes: media.length, rows });
      job.status = { state: "DONE", ...(errors[0] && { errorResult: errors[0], errors }) };
    };
    const running = run();
    // A job that a test holds must not hold up the requests of others.
    if (!engine.beforeStatement) await running;
    return { ...job, status: { state: "RUNNING" } };
  }

  function stateOf(id: string): unknown {
    const job = jobs.get(id);
    if (!job) throw new ApiError(404, "notFound", `Not found: Job ${project}:${id}`);
    return job.polls++ === 0 ? { ...job, status: { state: "RUNNING" } } : job;
  }

  function resultsOf(id: string, pageToken: string | undefined): unknown {
    const job = jobs.get(id);
    if (!job) throw new ApiError(404, "notFound", `Not found: Job ${project}:${id}`);
    const result = engine.resultOf(id);
    const from = Number(pageToken ?? 0);
    const to = rowsPerPage ? from + rowsPerPage : undefined;
    return {
      jobReference: job.jobReference,
      jobComplete: true,
      ...result,
      rows: result.rows?.slice(from, to),
      ...(to && to < (result.rows?.length ?? 0) && { pageToken: String(to) }),
    };
  }

  let turn: Promise<unknown> = Promise.resolve();
  const server = createServer(async (incoming, response) => {
    const call = await readCall(incoming);
    const request = `${call.name} ${call.target}`;
    requests.push(request);
    const fault = faults.find(({ which, times }) => times > 0 && which.test(request));
    if (fault) fault.times--;
    const what = fault?.what ?? faultOf?.(request);
    if (what === "broken before") return void incoming.socket.destroy();
    if (what === "silence") return;
    if (typeof what === "object" && "status" in what) {
      return send(response, new ApiError(what.status, what.reason, what.message ?? what.reason));
    }
    if (typeof what === "object") call.failure = what;
    turn = turn.then(async () => {
      const result = await answer(call).catch((error) => error);
      if (what === "answer lost") return void incoming.socket.destroy();
      const isTwice = what === "duplicate" && !(result instanceof Error);
      send(response, isTwice ? new ApiError(409, "duplicate", `Already Exists: ${request}`) : result);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    engine,
    ran,
    requests,
    faultsLeft: () => faults.reduce((sum, { times }) => sum + times, 0),
    inject: (which, what, times = 1) => void faults.push({ which, what, times }),
    close() {
      server.closeAllConnections();
      server.close();
      engine.close();
    },
  };
}

/** The options to open a warehouse on the emulator, whose jobs end sooner than BigQuery's. */
export const connectionTo = ({ url }: BigqueryServer): ConnectionOptions => ({
  project,
  apiEndpoint: url,
  authClient: new PassThroughClient(),
  wait: () => delay(2),
});

interface Call {
  name: string;
  target: string;
  // biome-ignore lint/suspicious/noExplicitAny: the body of any method
  body: any;
  media: Buffer;
  pageToken: string | undefined;
  failure?: { jobFails: string; messages: string[] };
}

async function readCall(incoming: IncomingMessage): Promise<Call> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  const { pathname, searchParams } = new URL(incoming.url ?? "", "http://localhost");
  const pageToken = searchParams.get("pageToken") ?? undefined;
  const boundary = /boundary=(.+)$/.exec(incoming.headers["content-type"] ?? "")?.[1];
  const [json, media] = boundary ? splitMultipart(content, boundary) : [content, Buffer.alloc(0)];
  const body = json.length > 0 ? JSON.parse(json.toString()) : {};
  const [kind = "", id = "", inner, innerId] = pathname.replace(/^.*\/projects\/[^/]+\//, "").split("/");
  const verb = incoming.method === "POST" ? "insert" : incoming.method === "DELETE" ? "delete" : "get";
  const target =
    innerId ??
    body.tableReference?.tableId ??
    body.datasetReference?.datasetId ??
    body.jobReference?.jobId ??
    id;
  const name = kind === "queries" ? "jobs.getQueryResults" : `${inner ?? kind}.${verb}`;
  return { name, target: inner ? target : (target ?? id), body, media, pageToken };
}

/** The metadata and the data of a multipart/related body. */
function splitMultipart(content: Buffer, boundary: string): [Buffer, Buffer] {
  const parts: Buffer[] = [];
  const mark = Buffer.from(`--${boundary}`);
  for (let at = content.indexOf(mark); ; ) {
    const next = content.indexOf(mark, at + mark.length);
    if (next < 0) break;
    const part = content.subarray(at + mark.length, next - 2);
    parts.push(part.subarray(part.indexOf("\r\n\r\n") + 4));
    at = next;
  }
  const [json = Buffer.alloc(0), media = Buffer.alloc(0)] = parts;
  return [json, media];
}

const errorsOf = ({ jobFails, messages }: { jobFails: string; messages: string[] }) =>
  messages.map((message) => ({ reason: jobFails, message }));

function send(response: ServerResponse, result: unknown): void {
  const isFault = result instanceof Error;
  const { status, proto } =
    result instanceof ApiError
      ? result
      : { status: 501, proto: { reason: "defect of the emulator", message: String(result) } };
  response.writeHead(isFault ? status : 200, { "content-type": "application/json" });
  const error = { code: status, message: proto.message, errors: [{ domain: "global", ...proto }] };
  response.end(JSON.stringify(isFault ? { error } : (result ?? {})));
}
