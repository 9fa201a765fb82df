import type { FastifyRequest } from "fastify";
import type pg from "pg";
import { type DestinationStream, type LogFn, type Logger, type LoggerOptions, pino } from "pino";
import type { Config } from "./config.ts";
import { loggableError, loggableMessage } from "./loggable-error.ts";

type LoggingConfig = Pick<
  Config,
  "LOG_LEVEL" | "LOG_FORMAT" | "GOOGLE_CLOUD_PROJECT" | "K_SERVICE" | "K_REVISION"
>;

// https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry#LogSeverity
const severities: Record<string, string> = {
  trace: "DEBUG",
  debug: "DEBUG",
  info: "INFO",
  warn: "WARNING",
  error: "ERROR",
  fatal: "CRITICAL",
};

/**
 * A logger that writes JSON in Cloud Logging's format, or readable lines if the output is a terminal.
 * (Google's own @google-cloud/pino-logging-gcp-config loads its API client and gRPC: a quarter of a second of each
 * start.)
 * @see https://cloud.google.com/logging/docs/structured-logging
 */
export async function createLogger(config: LoggingConfig, destination?: DestinationStream): Promise<Logger> {
  const options: LoggerOptions = {
    level: config.LOG_LEVEL,
    base: { serviceContext: { service: config.K_SERVICE, version: config.K_REVISION } },
    messageKey: "message",
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ severity: severities[label] ?? "DEFAULT" }), log: withLoggableError },
    serializers: { err: (error) => error },
    hooks: { logMethod: logWithMessage },
    redact: ["req.headers.authorization", "headers.authorization", "DATABASE_URL", "password"],
  };
  const format = config.LOG_FORMAT ?? (process.stdout.isTTY ? "pretty" : "json");
  const output = destination ?? (format === "pretty" ? await prettyOutput() : undefined);
  return output ? pino(options, output) : pino(options);
}

/** Error Reporting groups errors by `stack_trace`. */
function withLoggableError(entry: Record<string, unknown>): Record<string, unknown> {
  if (!(entry.err instanceof Error)) return entry;
  const err = loggableError(entry.err);
  return { ...entry, err, stack_trace: err.stack };
}

/** pino itself would take the error's own message for an entry that has none. */
function logWithMessage(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const [entry, message] = args as [unknown, string | undefined, ...unknown[]];
  const error = entry instanceof Error ? entry : (entry as { err?: unknown } | undefined)?.err;
  const isBare = error instanceof Error && message === undefined;
  if (!isBare) method.apply(this, args);
  else method.call(this, entry === error ? { err: error } : (entry as object), loggableMessage(error));
}

/** The lines of pino-pretty; undefined where it is not installed, as in the container image. */
async function prettyOutput(): Promise<DestinationStream | undefined> {
  const pretty = await import("pino-pretty").catch(() => undefined);
  return pretty?.default({
    messageKey: "message",
    levelKey: "severity",
    ignore: "serviceContext,httpRequest,operation,elapsed_ms,pool_in_use,pool_waiting,timestamp,stack_trace",
    singleLine: true,
  });
}

/**
 * The log fields that tie an entry to its trace, from `traceparent` (W3C) or `X-Cloud-Trace-Context`.
 * Without a project the trace is its bare id.
 */
export function traceFields(
  headers: Record<string, string | string[] | undefined>,
  project: string | undefined,
): Record<string, string | boolean> {
  if (!headers.traceparent && !headers["x-cloud-trace-context"]) return {};
  const w3c = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(String(headers.traceparent));
  const google = /^([0-9a-f]{32})(?:\/\d+)?(?:;o=([01]))?$/.exec(String(headers["x-cloud-trace-context"]));
  const trace = w3c?.[1] ?? google?.[1];
  if (!trace) return {};
  const isSampled = w3c ? (Number.parseInt(w3c[3] ?? "0", 16) & 1) === 1 : google?.[2] === "1";
  return {
    "logging.googleapis.com/trace": project ? `projects/${project}/traces/${trace}` : trace,
    ...(w3c?.[2] && { "logging.googleapis.com/spanId": w3c[2] }),
    "logging.googleapis.com/trace_sampled": isSampled,
  };
}

/**
 * A finished request of a route in Cloud Logging's `httpRequest` form, and the figures of which infra/monitoring makes metrics.
 * An operation is a method and a route, one of a few, because each makes a time series.
 */
export function httpRequestFields(
  request: FastifyRequest,
  route: string,
  status: number,
  elapsedMs: number,
  pool: Pick<pg.Pool, "totalCount" | "idleCount" | "waitingCount">,
) {
  return {
    operation: route.startsWith("/") ? `${request.method} ${route}` : route,
    elapsed_ms: Math.round(elapsedMs * 1_000) / 1_000,
    pool_in_use: pool.totalCount - pool.idleCount,
    pool_waiting: pool.waitingCount,
    httpRequest: {
      requestMethod: request.method,
      requestUrl: route,
      status,
      userAgent: request.headers["user-agent"],
      remoteIp: request.ip,
      latency: `${(elapsedMs / 1_000).toFixed(6)}s`,
    },
  };
}
