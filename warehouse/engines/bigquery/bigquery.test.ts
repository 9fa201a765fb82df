import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { activity } from "@clan-platform/scripts/testkit/activity.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { addDays } from "../../days.ts";
import { dailyMetricsQuery, replaceDaysSql } from "../../tables/daily_metrics/replace-days.ts";
import { fullName, rawTable, rejectedTable, tables } from "../../tables/table.ts";
import {
  type BigqueryServer,
  connectionTo,
  type Fault,
  project,
  startBigquery,
} from "../../testing/bigquery-server.ts";
import { type Reject, writeValidated } from "../../testing/validated-file.ts";
import { type RawFile, WarehouseError } from "../../warehouse.ts";
import { type BigqueryOptions, openBigquery } from "./bigquery.ts";
import { stagedField } from "./statements.ts";

type Activity = Record<string, unknown>;

/** Valid rows and rejected lines of a file, by its digest, as validation would find them. */
const contents = new Map<string, { rows: Activity[]; rejects: Reject[] }>();

function rawFile(rows: Activity[], rejects: Reject[] = []): RawFile {
  const digest = createHash("sha256")
    .update(JSON.stringify([rows, rejects]))
    .digest("hex");
  contents.set(digest, { rows, rejects });
  return { path: "/data/day.csv", digest, unpacked: "/nowhere", format: "csv", allowRejects: false };
}

async function validate({ digest }: RawFile, folder: string) {
  const { rows = [], rejects } = contents.get(digest) ?? {};
  return writeValidated(folder, rows, rejects);
}

const open = (server: BigqueryServer, options: BigqueryOptions = {}) =>
  openBigquery({
    ...connectionTo(server),
    validate,
    ...options,
  });

async function startServer(faultOf?: (request: string) => Fault | undefined) {
  const server = await startBigquery({ faultOf });
  onTestFinished(server.close);
  return server;
}

async function start(options: BigqueryOptions = {}) {
  const server = await startServer();
  const warehouse = await open(server, options);
  await warehouse.createTables();
  return { server, warehouse };
}

const lookAtRaw = ({ engine }: BigqueryServer) =>
  engine.look(`select user_id, iap_revenue::varchar as revenue from ${fullName(rawTable)} order by user_id`);

const players = (count: number, from = 0) =>
  Array.from({ length: count }, (_, n) => activity({ user_id: `player-${from + n}`, iap_revenue: 1 }));

const reject: Reject = { line: 7, field: "platform", reason: "is not known", text: 'x,"PS5"\u2028' };

/** Jobs that a load ran, without the lookups. */
const loadingJobs = ({ ran }: BigqueryServer) =>
  ran.map(({ id }) => id.replace(/_[0-9a-f]{32}_/, "_")).filter((id) => !id.startsWith("query"));

const sentence = (pattern: RegExp) =>
  expect.toSatisfy(
    (error: Error) =>
      error instanceof WarehouseError && pattern.test(error.message) && !error.message.includes("\n"),
  );

it("creates datasets and tables as their folders describe them, and leaves existing ones unchanged", async () => {
  const { server, warehouse } = await start();
  await warehouse.createTables();
  expect(server.engine.dataset("clan_case_raw")).toEqual({ location: "EU" });
  expect([...server.engine.tables.keys()]).toEqual(tables.map(fullName));
  expect(server.engine.tables.get(fullName(rawTable))).toMatchObject({
    schema: { fields: rawTable.fields },
    timePartitioning: { type: "DAY", field: "event_date" },
    requirePartitionFilter: true,
    clustering: { fields: ["country", "platform"] },
  });
});

it("names the location of a dataset that is elsewhere, and what is missing", async () => {
  const { server } = await start();
  const elsewhere = await open(server, { location: "US" });
  await expect(elsewhere.createTables()).rejects.toEqual(
    sentence(/clan_case_raw is in EU, .* works in US: give EU/),
  );
  await expect(elsewhere.loadFile(rawFile(players(1)))).rejects.toEqual(
    sentence(/dataset does not exist in location US: create .* `pulumi up`/),
  );
  const empty = await open(await startServer());
  await expect(empty.loadFile(rawFile(players(1)))).rejects.toEqual(
    sentence(/dataset does not exist in location EU/),
  );
});

it("loads a file once, and returns its counts again the next time", async () => {
  const { server, warehouse } = await start();
  const first = rawFile(players(5), [reject]);
  const counts = { read: 6, loaded: 5, replaced: 0, rejected: 1 };
  expect(await warehouse.loadFile(first)).toMatchObject({ ...counts, wasLoaded: false });
  expect(await warehouse.loadFile({ ...first, path: "/data/other.csv" })).toEqual({
    ...counts,
    wasLoaded: true,
  });
  expect(loadingJobs(server)).toEqual(["load_raw_1", "load_rejected_1", "merge_raw_1"]);
  expect(await lookAtRaw(server)).toHaveLength(5);
  expect(await server.engine.look(`select * from ${fullName(rejectedTable)}`)).toEqual([
    { part: first.digest, file: "day.csv", ...reject, line: "7" },
  ]);
  expect([...server.engine.tables.keys()]).toEqual(tables.map(fullName));
});

it("replaces rows with an existing key, and keeps the last of several lines with one key", async () => {
  const { server, warehouse } = await start();
  await warehouse.loadFile(rawFile(players(3)));
  const again = [
    activity({ user_id: "player-1", iap_revenue: 2 }),
    activity({ user_id: "player-9", iap_revenue: 3 }),
    activity({ user_id: "player-1", iap_revenue: 4, country: undefined }),
    activity({ user_id: "player-1", iap_revenue: 5, event_date: "2024-03-06" }),
  ];
  expect(await warehouse.loadFile(rawFile(again))).toMatchObject({
    read: 4,
    loaded: 2,
    replaced: 2,
    rejected: 0,
  });
  expect((await lookAtRaw(server)).map((row) => Object.values(row as object).join(" "))).toEqual([
    "player-0 1.000000000",
    "player-1 4.000000000",
    "player-1 5.000000000",
    "player-2 1.000000000",
    "player-9 3.000000000",
  ]);
  const unknown = `select count(*)::int as rows from ${fullName(rawTable)} where country is null`;
  expect(await server.engine.look(unknown)).toEqual([{ rows: 1 }]);
});

it("rounds amounts to nine decimal places, of which a load job takes no more", async () => {
  const { server, warehouse } = await start();
  const amounts = [
    "0.30000000000000004",
    "4.9899999995",
    "0.00000000049999",
    "999999999999999.1234567895",
    "5",
  ];
  await warehouse.loadFile(
    rawFile(amounts.map((iap_revenue, at) => activity({ user_id: `player-${at}`, iap_revenue }))),
  );
  expect((await lookAtRaw(server)).map((row) => Object.values(row as object)[1])).toEqual([
    "0.300000000",
    "4.990000000",
    "0.000000000",
    "999999999999999.123456790",
    "5.000000000",
  ]);
});

it("loads a file with rejected lines only, or with none at all", async () => {
  const { server, warehouse } = await start();
  expect(await warehouse.loadFile(rawFile([], [reject]))).toMatchObject({ read: 1, loaded: 0, rejected: 1 });
  expect(await warehouse.loadFile(rawFile([]))).toMatchObject({ read: 0, loaded: 0, rejected: 0 });
  expect(loadingJobs(server)).toEqual(["load_rejected_1", "merge_raw_1", "merge_raw_1"]);
});

it("loads with an explicit schema and no tolerance for errors, under a name made of the digest", async () => {
  const { server, warehouse } = await start();
  const loaded = rawFile(players(5), [reject]);
  await warehouse.loadFile(loaded);
  const [rows, rejects, merge] = server.ran.filter(({ id }) => /^(load|merge)/.test(id));
  const short = loaded.digest.slice(0, 32);
  const table = { projectId: project, datasetId: "clan_case_raw", tableId: `staging_${short}` };
  expect(rows).toMatchObject({ id: `load_raw_${short}_1`, rows: 5, bytes: expect.toSatisfy((n) => n > 0) });
  expect(rows?.configuration).toMatchObject({ labels: { app: "clan-platform" } });
  const strict = {
    autodetect: false,
    maxBadRecords: 0,
    writeDisposition: "WRITE_TRUNCATE",
    createDisposition: "CREATE_NEVER",
  };
  expect(rows?.configuration.load).toMatchObject({
    ...strict,
    sourceFormat: "CSV",
    skipLeadingRows: 1,
    destinationTable: table,
    schema: { fields: [...rawTable.fields.map(stagedField), { name: "line", type: "INT64" }] },
  });
  expect(rejects?.configuration.load).toMatchObject({ ...strict, sourceFormat: "NEWLINE_DELIMITED_JSON" });
  expect(merge?.configuration.query?.queryParameters).toContainEqual({
    name: "days",
    parameterType: { type: "ARRAY", arrayType: { type: "DATE" } },
    parameterValue: { arrayValues: [{ value: "2024-03-05" }] },
  });
  expect(merge?.configuration.query?.query).not.toContain("2024-03-05");
  for (const { configuration } of server.ran) {
    expect(configuration.labels).toEqual({ app: "clan-platform" });
    if (configuration.query) expect(configuration.query.maximumBytesBilled).toBe("100000000000");
  }
});

const busy: Fault = { status: 503, reason: "backendError" };
const rateLimited: Fault = { status: 403, reason: "rateLimitExceeded" };
const transientFailure: Fault = { jobFails: "backendError", messages: ["Please try again."] };
const conflict: Fault = {
  jobFails: "invalidQuery",
  messages: ["Query error: Transaction is aborted due to concurrent update against table x:y.z. at [9:1]"],
};
const steps = ["query", "load_raw", "load_rejected", "merge_raw"];

it.each([
  ...steps.flatMap((step) =>
    [busy, rateLimited, "broken before" as const, "answer lost" as const, transientFailure].map(
      (fault) => [new RegExp(`^jobs.insert ${step}`), fault] as const,
    ),
  ),
  [/^jobs.insert merge/, conflict] as const,
  ...["jobs.get ", "jobs.getQueryResults", "tables.insert staging", "tables.delete"].flatMap((request) =>
    [busy, "answer lost" as const].map((fault) => [new RegExp(request), fault] as const),
  ),
])("loads every row once when %s fails twice: %j", async (which, fault) => {
  const { server, warehouse } = await start();
  await warehouse.loadFile(rawFile(players(3)));
  server.inject(which, fault, 2);
  const report = await warehouse.loadFile(rawFile(players(5, 2), [reject]));
  expect(server.faultsLeft()).toBe(0);
  expect(report).toMatchObject({ read: 6, loaded: 4, replaced: 1, rejected: 1, wasLoaded: false });
  expect(await lookAtRaw(server)).toHaveLength(7);
  const kept = `select count(*)::int as rows from ${fullName(rejectedTable)}`;
  expect(await server.engine.look(kept)).toEqual([{ rows: 1 }]);
  const good = server.ran.filter(({ id, rows }) => id.startsWith("load_raw") && rows > 0);
  expect(good.map(({ rows }) => rows)).toEqual([3, 5]);
  expect(new Set(server.ran.map(({ id }) => id)).size).toBe(server.ran.length);
});

it.each([
  ...steps.map((step) => `jobs.insert ${step}`),
  "jobs.get ",
  "jobs.getQueryResults",
  "tables.insert",
])("loads every row once when BigQuery falls silent at %s", async (which) => {
  const { server } = await start();
  const impatient = await open(server, { requestLimitMs: 1_000 });
  server.inject(new RegExp(which), "silence");
  expect(await impatient.loadFile(rawFile(players(5), [reject]))).toMatchObject({ loaded: 5, rejected: 1 });
  expect(server.faultsLeft()).toBe(0);
  expect(await lookAtRaw(server)).toHaveLength(5);
});

it("reads results page by page, of which each may be repeated", async () => {
  const server = await startBigquery({ rowsPerPage: 2 });
  onTestFinished(server.close);
  const warehouse = await open(server, { requestLimitMs: 1_000 });
  server.inject(/^jobs.getQueryResults/, "silence");
  const numbers = "select n from (select unnest([1, 2, 3, 4, 5]) as n) as numbers order by n";
  expect(await warehouse.query(numbers)).toEqual([1, 2, 3, 4, 5].map((n) => ({ n })));
  const pages = server.requests.filter((request) => request.startsWith("jobs.getQueryResults"));
  expect(pages).toHaveLength(4);
});

it("says that BigQuery can't be reached when it stays silent", async () => {
  const { server } = await start();
  const impatient = await open(server, { requestLimitMs: 50, patienceMs: 1_000 });
  server.inject(/./, "silence", 1_000);
  for (const fail of [() => impatient.query("select 1 as one"), () => impatient.countRows(rawTable)])
    await expect(fail()).rejects.toEqual(sentence(/^BigQuery stays overloaded or unreachable/));
});

it.each(["jobs.insert load_raw", "jobs.insert merge_raw", "tables.insert staging"])(
  "counts 409 as success for %s",
  async (request) => {
    const { server, warehouse } = await start();
    server.inject(new RegExp(request), "duplicate");
    expect(await warehouse.loadFile(rawFile(players(5), [reject]))).toMatchObject({ read: 6, loaded: 5 });
    expect(server.faultsLeft()).toBe(0);
    expect(loadingJobs(server).toSorted()).toEqual(["load_raw_1", "load_rejected_1", "merge_raw_1"]);
  },
);

it.each([
  "jobs.insert load_raw",
  "jobs.get load_raw",
  "tables.insert staging_.*_rejects",
  "jobs.insert merge",
  "jobs.get merge",
  "tables.delete",
])("continues where a run was killed at %s", async (where) => {
  const { server, warehouse } = await start();
  const loaded = rawFile(players(5), [reject]);
  const died = new Error("killed");
  const isThere = () => server.requests.some((request) => new RegExp(where).test(request));
  const dying = await open(server, { wait: async () => (isThere() ? Promise.reject(died) : undefined) });
  server.inject(new RegExp(where), "answer lost");
  await expect(dying.loadFile(loaded)).rejects.toBe(died);
  expect(await warehouse.loadFile(loaded)).toMatchObject({ read: 6, loaded: 5, rejected: 1 });
  expect(await lookAtRaw(server)).toHaveLength(5);
  expect(loadingJobs(server)).toEqual(["load_raw_1", "load_rejected_1", "merge_raw_1"]);
});

it("leaves nothing of a file whose last step fails", async () => {
  const { server, warehouse } = await start();
  await server.engine.look(`alter table ${fullName(rejectedTable)} rename to hidden`);
  const loaded = rawFile(players(5), [reject]);
  await expect(warehouse.loadFile(loaded)).rejects.toEqual(sentence(/A table does not exist/));
  expect(await lookAtRaw(server)).toEqual([]);
  expect(await server.engine.look("select * from clan_case_raw.loaded_parts")).toEqual([]);
  await server.engine.look(`alter table ${rejectedTable.dataset}.hidden rename to ${rejectedTable.name}`);
  expect(await warehouse.loadFile(loaded)).toMatchObject({ loaded: 5, rejected: 1, wasLoaded: false });
});

it("loads a file once when two processes load it at the same time", async () => {
  const { server, warehouse } = await start();
  const same = rawFile(players(5), [reject]);
  const reports = await Promise.all([warehouse.loadFile(same), (await open(server)).loadFile(same)]);
  for (const report of reports)
    expect(report).toMatchObject({ read: 6, loaded: 5, replaced: 0, rejected: 1 });
  expect(await lookAtRaw(server)).toHaveLength(5);
  expect(await server.engine.look(`select * from ${fullName(rejectedTable)}`)).toHaveLength(1);
});

it("leaves no table that never expires when another load drops the staging table before it is filled", async () => {
  let drops = 2;
  const server = await startServer((request) => {
    const [, short] = /^jobs.insert load_raw_([0-9a-f]+)/.exec(request) ?? [];
    if (short && drops-- > 0) void server.engine.dropTable(`staging_${short}`);
    return request.startsWith("tables.delete") ? busy : undefined;
  });
  const warehouse = await open(server);
  await warehouse.createTables();
  expect(await warehouse.loadFile(rawFile(players(5)))).toMatchObject({ read: 5, loaded: 5 });
  const left = [...server.engine.tables].filter(([name]) => name.includes("staging"));
  expect(left).toEqual([
    [expect.any(String), expect.objectContaining({ expirationTime: expect.any(String) })],
  ]);
});

it("loads a file again that was deleted from loaded_parts", async () => {
  const { server, warehouse } = await start();
  const loaded = rawFile(players(5));
  await warehouse.loadFile(loaded);
  await server.engine.look("delete from clan_case_raw.loaded_parts");
  await server.engine.look(`delete from ${fullName(rawTable)} where user_id = 'player-3'`);
  expect(await warehouse.loadFile(loaded)).toMatchObject({
    read: 5,
    loaded: 1,
    replaced: 4,
    rejected: 0,
    wasLoaded: false,
  });
  expect(loadingJobs(server)).toEqual(["load_raw_1", "merge_raw_1", "load_raw_2", "merge_raw_2"]);
});

it("does not merge a file that another process loaded while it was staged", async () => {
  const { server, warehouse } = await start();
  const loaded = rawFile(players(5));
  server.inject(/^jobs.insert merge/, transientFailure);
  const racing = await open(server, {
    async validate(which, folder) {
      await server.engine.look(
        `insert into clan_case_raw.loaded_parts values ('${which.digest}', 'x.csv', 5, 5, 0, 0, now())`,
      );
      return validate(which, folder);
    },
  });
  expect(await racing.loadFile(loaded)).toMatchObject({ loaded: 5, wasLoaded: true });
  expect(await lookAtRaw(server)).toEqual([]);
  expect(await warehouse.loadFile(loaded)).toMatchObject({ loaded: 5, wasLoaded: true });
});

it("names the days of a file's rows, and not those between, so that a late row costs a day", async () => {
  const { server, warehouse } = await start();
  const late = activity({ user_id: "late", event_date: "2023-03-06" });
  await warehouse.loadFile(rawFile([...players(2), late]));
  const merge = server.ran.find(({ id }) => id.startsWith("merge_raw"));
  const days = merge?.configuration.query?.queryParameters?.find(({ name }) => name === "days");
  expect(days?.parameterValue?.arrayValues?.map(({ value }) => value).toSorted()).toEqual([
    "2023-03-06",
    "2024-03-05",
  ]);
});

it("loads a file of more days than a statement may change partitions, and replaces its rows", async () => {
  const { server, warehouse } = await start();
  const days = Array.from({ length: 4_001 }, (_, n) => addDays("2015-01-01", n));
  const rows = days.map((event_date) => activity({ event_date, install_date: "2015-01-01" }));
  const counts = { read: 4_001, rejected: 0, wasLoaded: false };
  expect(await warehouse.loadFile(rawFile(rows))).toMatchObject({ ...counts, loaded: 4_001 });
  const corrected = rows.map((row) => ({ ...row, total_session_count: 9 }));
  expect(await warehouse.loadFile(rawFile(corrected))).toMatchObject({ ...counts, replaced: 4_001 });
  const stored = await server.engine.look(
    `select count(*)::int as n, count(distinct event_date)::int as days, min(total_session_count)::int as least from ${fullName(rawTable)}`,
  );
  expect(stored).toEqual([{ n: 4_001, days: 4_001, least: 9 }]);
});

it("names the file and the errors when BigQuery rejects rows, and loads none of it", async () => {
  const { server, warehouse } = await start();
  const messages = ["too many errors, giving up", "Could not parse 'x' as DATE; line 2", "line 3"];
  server.inject(/^jobs.insert load_raw/, { jobFails: "invalid", messages });
  const refused = rawFile(players(5));
  await expect(warehouse.loadFile(refused)).rejects.toEqual(
    sentence(
      /^\/data\/day.csv: BigQuery refuses rows .* giving up; Could not parse 'x' as DATE; line 2; line 3$/,
    ),
  );
  expect(loadingJobs(server)).toEqual(["load_raw_1"]);
  expect(await lookAtRaw(server)).toEqual([]);
  expect(await warehouse.loadFile(refused)).toMatchObject({ loaded: 5 });
  expect(loadingJobs(server)).toEqual(["load_raw_1", "load_raw_2", "merge_raw_1"]);
});

it.each([
  [
    { status: 403, reason: "quotaExceeded", message: "Quota exceeded: load jobs" },
    /quota is exceeded: try again in/,
  ],
  [
    { status: 503, reason: "backendError", message: "busy" },
    /stays overloaded or unreachable: try again later \(busy\)/,
  ],
  ["broken before" as const, /stays overloaded or unreachable/],
  [{ status: 403, reason: "accessDenied", message: "Access Denied: Dataset" }, /roles\/bigquery.dataEditor/],
  [{ status: 403, reason: "accessNotConfigured", message: "not used" }, /gcloud services enable bigquery/],
  [
    { status: 401, reason: "authError", message: "Invalid Credentials" },
    /gcloud auth application-default login/,
  ],
  [
    { status: 404, reason: "notFound", message: "Not found: Project x" },
    /project does not exist.* projects list/,
  ],
  [
    { status: 403, reason: "billingNotEnabled", message: "Billing has not been enabled for this project." },
    /Billing is not enabled .*gcloud billing projects link/,
  ],
  [
    { jobFails: "quotaExceeded", messages: ["Quota exceeded: DML"] },
    /quota is exceeded.*Quota exceeded: DML/,
  ],
  [{ jobFails: "accessDenied", messages: ["Access Denied: Table"] }, /BigQuery denies access/],
  [
    { jobFails: "bytesBilledLimitExceeded", messages: ["Query exceeded limit for bytes billed"] },
    /was not run: choose fewer days with --from and --to/,
  ],
] satisfies [Fault, RegExp][])("says what to do when %j persists", async (fault, what) => {
  const pauses: number[] = [];
  const { server, warehouse } = await start({ wait: async (ms) => void pauses.push(ms) });
  server.inject(/^jobs.insert/, fault, 1_000);
  const failure = warehouse.loadFile(rawFile(players(1)));
  await expect(failure).rejects.toEqual(sentence(what));
  await expect(failure).rejects.toHaveProperty("cause", expect.any(Error));
  expect(server.requests.length).toBeLessThan(50);
  const total = pauses.reduce((sum, ms) => sum + ms, 0);
  expect(total).toBeLessThan(150_000);
});

it.each([
  { status: 403, reason: "quotaExceeded", message: "Custom quota exceeded: Your usage" },
  { status: 403, reason: "usageQuotaExceeded", message: "Custom quota exceeded: Your usage" },
  { jobFails: "usageQuotaExceeded", messages: ["Custom quota exceeded: Your usage"] },
] satisfies Fault[])("waits for no quota that is used up until midnight: %j", async (fault) => {
  const pauses: number[] = [];
  const { server, warehouse } = await start({ wait: async (ms) => void pauses.push(ms) });
  server.inject(/^jobs.insert query/, fault, 1_000);
  await expect(warehouse.query("select 1 as one")).rejects.toEqual(
    sentence(/custom quota of BigQuery is used up: try again after midnight, Pacific time/),
  );
  expect(server.requests.filter((request) => request.startsWith("jobs.insert"))).toHaveLength(1);
  // Until the job has failed; a retry waits longer.
  expect(pauses.filter((ms) => ms >= 500)).toEqual([]);
});

it("retries no longer than its patience", async () => {
  const pauses: number[] = [];
  const { server, warehouse } = await start({
    patienceMs: 3_000,
    wait: async (ms) => void pauses.push(ms),
  });
  server.inject(/^jobs.insert/, { status: 503, reason: "backendError", message: "busy" }, 1_000);
  await expect(warehouse.query("select 1 as one")).rejects.toEqual(sentence(/try again later/));
  expect(pauses).toHaveLength(2);
  expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(3_000);
});

it("says how to log in when there are no credentials", async () => {
  const server = await startServer();
  const home = mkdtempSync(join(tmpdir(), "clan-home-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  for (const [name, value] of Object.entries({ HOME: home, APPDATA: home, CLOUDSDK_CONFIG: home })) {
    vi.stubEnv(name, value);
  }
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", undefined);
  vi.stubEnv("GOOGLE_CLOUD_PROJECT", undefined);
  vi.stubEnv("METADATA_SERVER_DETECTION", "none");
  onTestFinished(() => void vi.unstubAllEnvs());
  const warehouse = await openBigquery({ project, apiEndpoint: server.url });
  await expect(warehouse.query("select 1 as one")).rejects.toEqual(
    sentence(/no valid credentials for BigQuery: run `gcloud auth application-default login`/),
  );
  await expect(openBigquery()).rejects.toEqual(sentence(/No Google Cloud project is chosen/));
  expect(server.ran).toEqual([]);
});

it("returns rows in the warehouse's format", async () => {
  const { warehouse } = await start();
  const sql = `select
    cast('2024-02-29' as date) as day, cast('12.50' as decimal(38, 9)) as amount, 0.000000001 as least,
    cast(9007199254740991 as bigint) as count, cast(0.1 as double) as ratio, null as nothing, 'x' as text, true as yes`;
  expect(await warehouse.query(sql)).toEqual([
    {
      day: "2024-02-29",
      amount: "12.5",
      least: "0.000000001",
      count: 9007199254740991,
      ratio: 0.1,
      nothing: null,
      text: "x",
      yes: true,
    },
  ]);
  await expect(warehouse.query("select cast(9007199254740993 as bigint) as count")).rejects.toEqual(
    sentence(/count is 9007199254740993, beyond/),
  );
});

it("sends days as parameters of type DATE, and one job for one query", async () => {
  const { server, warehouse } = await start();
  await warehouse.loadFile(rawFile(players(4)));
  server.ran.length = 0;
  server.inject(/^jobs.insert query/, "answer lost");
  const days = { from_date: "2024-03-01", to_date: "2024-03-31" };
  const sql = `select event_date, count(*) as row_count from ${fullName(rawTable)}
    where event_date between @from_date and @to_date group by event_date`;
  expect(await warehouse.query(sql, days)).toEqual([{ event_date: "2024-03-05", row_count: 4 }]);
  expect(server.ran).toHaveLength(1);
  expect(server.ran[0]?.configuration).toEqual({
    labels: { app: "clan-platform" },
    query: {
      query: sql,
      useLegacySql: false,
      maximumBytesBilled: "100000000000",
      parameterMode: "NAMED",
      queryParameters: Object.entries(days).map(([name, value]) => ({
        name,
        parameterType: { type: "DATE" },
        parameterValue: { value },
      })),
    },
  });
});

it("passes on the error of a statement, and does not retry it", async () => {
  const { server, warehouse } = await start();
  const failure = warehouse.query("select wrong from (select 1 as one)");
  await expect(failure).rejects.toThrow(/"wrong" not found/);
  await expect(failure).rejects.not.toBeInstanceOf(WarehouseError);
  expect(server.ran).toHaveLength(1);
});

it("reports the bytes to read without running anything", async () => {
  const { server, warehouse } = await start();
  const days = { from_date: "2024-03-01", to_date: "2024-03-31" };
  server.inject(/^jobs.insert/, busy);
  expect(await warehouse.bytesToRead(dailyMetricsQuery, days)).toBe(7_340_032);
  expect(server.ran).toEqual([]);
  expect(replaceDaysSql).toContain(dailyMetricsQuery);
});
