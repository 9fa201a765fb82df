import { post, startTestApp } from "@clan-platform/scripts/testkit/app.ts";
import { expect, it } from "vitest";
import { createLogger } from "./logging.ts";

const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

/** The log entries of one request. */
async function entriesOf(headers: Record<string, string>, environment: NodeJS.ProcessEnv = {}) {
  const lines: string[] = [];
  const { app } = await startTestApp(environment, {
    log: { write: (line: string) => void lines.push(line) },
  });
  await post(app, "/clans", { name: "Night Owls" }, headers);
  return { text: lines.join(""), entries: lines.map((line) => JSON.parse(line)) };
}

it.each([
  ["trace", "DEBUG"],
  ["debug", "DEBUG"],
  ["info", "INFO"],
  ["warn", "WARNING"],
  ["error", "ERROR"],
  ["fatal", "CRITICAL"],
] as const)("gives an entry of level %s the severity %s", async (level, severity) => {
  const lines: string[] = [];
  const config = {
    LOG_LEVEL: "trace",
    LOG_FORMAT: "json",
    K_SERVICE: "clan-service",
    K_REVISION: "1",
  } as const;
  const logger = await createLogger(
    { ...config, GOOGLE_CLOUD_PROJECT: undefined },
    { write: (line: string) => void lines.push(line) },
  );
  logger[level]("hello");
  expect(JSON.parse(lines.join(""))).toMatchObject({ severity, message: "hello" });
});

it("writes a request as Cloud Logging reads it", async () => {
  const { entries } = await entriesOf({ "x-request-id": "caller-7" });
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    severity: "INFO",
    message: "POST /clans 201",
    request_id: "caller-7",
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    serviceContext: { service: "clan-service" },
    httpRequest: {
      requestMethod: "POST",
      requestUrl: "/clans",
      status: 201,
      latency: expect.stringMatching(/^\d+\.\d+s$/),
    },
  });
});

it.each([
  [{ traceparent: `00-${trace}-00f067aa0ba902b7-01` }, true],
  [{ "x-cloud-trace-context": `${trace}/123;o=1` }, true],
  [{ "x-cloud-trace-context": trace }, false],
])("ties the entry to its trace: %o", async (headers, sampled) => {
  const { entries } = await entriesOf(headers, { GOOGLE_CLOUD_PROJECT: "my-project" });
  expect(entries[0]).toMatchObject({
    "logging.googleapis.com/trace": `projects/my-project/traces/${trace}`,
    "logging.googleapis.com/trace_sampled": sampled,
  });
});

it("has no trace when the header is invalid", async () => {
  const { entries } = await entriesOf({ traceparent: "hello" });
  expect(entries[0]).not.toHaveProperty("logging.googleapis.com/trace");
});

it("has no secret in it, also when the database refuses the login", async () => {
  const { text } = await entriesOf(
    { authorization: "Bearer top-secret-key" },
    { DATABASE_URL: "postgres://clan_service:top-secret-password@127.0.0.1:1/clan" },
  );
  expect(text).toContain("DATABASE_UNAVAILABLE");
  expect(text).toContain('"stack_trace":"Error: connect ECONNREFUSED');
  expect(text).not.toContain("top-secret");
});
