import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { backfill } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { connectionTo, project, startBigquery } from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { insertRows } from "@clan-platform/warehouse/testing/rows.ts";
import type { Row } from "@clan-platform/warehouse/warehouse.ts";
import { afterAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { firstDay, fixtureRows, lastDay, makeFixture } from "../testing/fixture.ts";
import { holdFile } from "../testing/held-file.ts";
import { FiguresAnswer } from "./answers.ts";
import { buildDashboard } from "./app.ts";
import { bigquerySource } from "./bigquery-source.ts";
import { measures } from "./figures.ts";
import { localSource } from "./local-source.ts";
import type { Source } from "./source.ts";

const table = "clan_case_analytics.daily_metrics";
const fixture = await makeFixture();

/** Starts a server that counts how often it opens the warehouse. */
async function start(source: Source = localSource(fixture.path)) {
  const counter = { reads: 0 };
  const counting: Source = {
    ...source,
    withWarehouse(read) {
      counter.reads++;
      return source.withWarehouse(read);
    },
  };
  const app = await buildDashboard({ source: counting });
  onTestFinished(() => app.close());
  const request = (url: string, headers: Record<string, string> = {}, method: "GET" | "HEAD" = "GET") =>
    app.inject({ method, url, headers: { host: "localhost:8081", ...headers } });
  const ask = async (parameters: string, days = `from=${firstDay}&to=${lastDay}`): Promise<FiguresAnswer> => {
    const response = await request(`/api/figures?${days}&${parameters}`);
    expect([response.statusCode, response.body]).toEqual([200, expect.anything()]);
    return FiguresAnswer.parse(response.json());
  };
  return { app, counter, request, ask };
}

/** The groups of an answer as rows. */
const rowsOf = ({ groups, sums }: FiguresAnswer): Row[] =>
  sums.dau.map((_, at) =>
    Object.fromEntries(
      Object.entries({ ...groups, ...sums }).map(([name, column]) => [name, column?.[at] ?? null]),
    ),
  );

/** SQL of DuckDB's own, with literal values. */
const expectedSql = (groups: Record<string, string>, where: string) => `
  select ${Object.entries(groups)
    .map(([name, expression]) => `${expression} as ${name}, `)
    .join("")}
    ${measures.map((name) => `sum(${name}) as ${name}`).join(", ")}
  from ${table} where ${where} group by all order by all`;

const inDays = (from: string, to: string) => `event_date between '${from}' and '${to}'`;
const all = inDays(firstDay, lastDay);

const questions: [parameters: string, groups: Record<string, string>, where: string][] = [
  ["by=", {}, all],
  ["by=day", { day: "event_date" }, all],
  ["by=day&grain=day&country=TR", { day: "event_date" }, `${all} and country = 'TR'`],
  ["by=day&grain=week", { day: "date_trunc('week', event_date)::date" }, all],
  [
    "by=platform,day&grain=month",
    { day: "date_trunc('month', event_date)::date", platform: "platform" },
    all,
  ],
  ["by=country", { country: "country" }, all],
  ["by=country&platform=IOS", { country: "country" }, `${all} and platform = 'IOS'`],
  [
    "by=platform&country=TR,Unknown,NZ",
    { platform: "platform" },
    `${all} and country in ('TR', 'Unknown', 'NZ')`,
  ],
  ["by=day,country,platform", { day: "event_date", country: "country", platform: "platform" }, all],
  [
    "by=country&by=day&grain=week&platform=IOS,ANDROID&country=DE&country=SE",
    { day: "date_trunc('week', event_date)::date", country: "country" },
    `${all} and country in ('DE', 'SE')`,
  ],
];

describe("on the local warehouse", () => {
  it.each(questions)("%s gets what a query of its own returns", async (parameters, groups, where) => {
    const { ask } = await start();
    const answer = await ask(parameters);
    const expected = await fixture.query(expectedSql(groups, where));
    expect(expected.length).toBeGreaterThan(0);
    expect(rowsOf(answer)).toEqual(expected);
    expect(Object.keys(answer.groups)).toEqual(Object.keys(groups));
    expect(answer).toMatchObject({ version: expect.any(String), isHeld: false, days: 20 });
  });

  it("includes both of its days", async () => {
    const { ask } = await start();
    const answer = await ask("by=day", "from=2026-03-05&to=2026-03-06");
    expect(answer.groups.day).toEqual(["2026-03-05", "2026-03-06"]);
  });

  it("leaves out days, which are not counted either", async () => {
    const { ask } = await start();
    const answer = await ask("by=country&without=2026-03-06,2026-03-05&without=2026-03-06");
    const where = `${all} and event_date not in ('2026-03-05', '2026-03-06')`;
    expect(rowsOf(answer)).toEqual(await fixture.query(expectedSql({ country: "country" }, where)));
    expect(answer.days).toBe(18);
    expect((await ask("by=day&without=2026-03-06", "from=2026-03-05&to=2026-03-07")).groups.day).toEqual([
      "2026-03-05",
      "2026-03-07",
    ]);
  });

  it("distinguishes a missing import from a quiet country", async () => {
    const quiet = await makeFixture(
      fixtureRows.filter(
        ({ event_date, country }) =>
          event_date !== "2026-03-10" && !(country === "TR" && event_date === "2026-03-12"),
      ),
    );
    const { ask } = await start(localSource(quiet.path));
    expect(await ask("country=TR")).toMatchObject({ days: 19, sums: { dau: [expect.any(Number)] } });
    expect(await ask("by=day&country=XX")).toMatchObject({
      days: 19,
      groups: { day: [] },
      sums: { dau: [] },
    });
    const none = await ask("by=", "from=2020-01-01&to=2020-01-31");
    expect(none).toMatchObject({ days: 0, sums: { dau: [0], total_iap_revenue: ["0"] } });
  });

  it("answers with empty columns while there is no warehouse", async () => {
    const { ask } = await start(localSource(`${fixture.path}-missing`));
    const answer = await ask("by=day,platform");
    expect(answer).toMatchObject({
      version: null,
      isHeld: false,
      days: 0,
      groups: { day: [], platform: [] },
    });
    expect(answer.groups).not.toHaveProperty("country");
    expect(answer.sums).toEqual(Object.fromEntries(measures.map((name) => [name, []])));
  });

  it("takes every value as a value", async () => {
    const { ask } = await start();
    const hostile = [
      "'",
      '"',
      "%",
      "_",
      "TR' or 'a' = 'a",
      "') or true --",
      "@from_date",
      "$from_date",
      "{{x}}",
      "\\",
      "ı",
    ];
    for (const value of [...hostile, "\u0000", "x".repeat(100_000)]) {
      expect([
        value.slice(0, 20),
        (await ask(`by=country&country=${encodeURIComponent(value)}`)).groups,
      ]).toEqual([value.slice(0, 20), { country: [] }]);
    }
    const many = Array.from({ length: 20_000 }, (_, at) => `x${at}`);
    const mixed = [...hostile, ...many, "TR"].map(encodeURIComponent).join("&country=");
    expect((await ask(`by=country&country=${mixed}`)).groups).toEqual({ country: ["TR"] });
  });

  it("answers questions with 100,000 groups in little memory, and refuses more in one sentence", async () => {
    const large = await makeFixture([]);
    const warehouse = await openDuckdb(large.path);
    await warehouse.query(`insert into ${table} by name
      select day::date as event_date, 'C' || country as country, 'IOS' as platform, 1 as dau, 0 as total_iap_revenue,
        0 as total_ad_revenue, 0 as matches_started, 0 as matches_ended, 0 as victories, 0 as defeats,
        0 as server_connection_errors, 0 as payers, 0 as new_users, 0 as total_sessions, 0 as total_session_duration,
        0 as payer_ratio
      from range(date '2024-01-01', date '2025-06-01', interval 1 day) as days(day), range(200) as c(country)`);
    await warehouse.close();
    const { ask, request } = await start(localSource(large.path));
    expect((await ask("by=day,country", "from=2024-01-01&to=2025-05-14")).sums.dau).toHaveLength(100_000);
    // As many as a page and a script may ask at once; the process of npm start has 128 MB.
    const question = { from: "2024-01-01", to: "2025-05-14", by: ["day", "country"], grain: "day" };
    const reading = new Worker(new URL("../testing/read-figures-thread.ts", import.meta.url), {
      workerData: { path: large.path, question, times: 2 },
      resourceLimits: { maxOldGenerationSizeMb: 64 },
    });
    expect(await once(reading, "message")).toEqual([2]);
    const refused = await request("/api/figures?from=2024-01-01&to=2025-05-15&by=day,country");
    expect([refused.statusCode, refused.json()]).toMatchObject([
      400,
      {
        reason: "TOO_MANY_GROUPS",
        detail: expect.stringMatching(/more than 100,000 groups by day, country:/),
      },
    ]);
  });

  it("opens the warehouse once for one question, in whatever order its parameters are", async () => {
    const { ask, counter } = await start();
    const first = await ask("by=day,platform&country=TR,DE&platform=IOS");
    expect(await ask("platform=IOS&country=DE&country=TR&country=TR&by=platform,day&grain=day")).toEqual(
      first,
    );
    expect(counter.reads).toBe(1);
  });

  it("changes its version exactly when rows of daily_metrics change", async () => {
    const changing = await makeFixture();
    const { ask, counter, request } = await start(localSource(changing.path));
    const versions = async () => ({
      figures: (await ask("by=")).version,
      days: (await request("/api/days")).json().version,
      freshness: (await request("/api/freshness")).json().version,
    });
    const before = await versions();
    const reads = counter.reads;
    // What a sync without changes does.
    await changing.query(
      `insert into clan_case_raw.activity_syncs
        (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted) values ('y', '2026-03-21 08:20:00+00', '2026-03-21 08:20:01+00', '2026-03-21 08:19:50+00', 0, 0, 0)`,
    );
    const synced = await versions();
    expect(synced).toMatchObject({ figures: before.figures, days: before.days });
    expect(synced.freshness).not.toBe(before.freshness);
    expect(counter.reads).toBe(reads + 1);

    const warehouse = await openDuckdb(changing.path);
    await backfill(warehouse, { from_date: firstDay, to_date: lastDay });
    await warehouse.close();
    expect((await versions()).figures).toBe(before.figures);

    await changing.query(
      `update ${table} set defeats = defeats + 1 where country = 'NZ' and event_date = '${lastDay}'`,
    );
    const changed = await versions();
    expect(changed.figures).not.toBe(before.figures);
    expect(changed.days).toBe(changed.figures);
  });

  it("says in every answer that another process holds the warehouse and the figures are older", async () => {
    const held = await makeFixture();
    const { request } = await start(localSource(held.path));
    const paths = ["figures?from=2026-03-05&to=2026-03-11&by=day", "days", "freshness", "checks"];
    const unpacked = async (path: string) => {
      const { rawPayload, headers } = await request(`/api/${path}`, { "accept-encoding": "br" });
      const bytes = headers["content-encoding"] === "br" ? brotliDecompressSync(rawPayload) : rawPayload;
      return { etag: headers.etag as string, body: JSON.parse(String(bytes)) };
    };
    const before = await Promise.all(paths.map(unpacked));
    expect(before.map(({ body }) => body.isHeld)).toEqual([false, false, false, false]);
    await held.query(`update ${table} set dau = dau + 1`);
    const { release } = await holdFile(held.path);
    const during = await Promise.all(paths.map(unpacked));
    expect(during.map(({ body }) => body)).toEqual(before.map(({ body }) => ({ ...body, isHeld: true })));
    for (const [at, path] of paths.entries()) {
      expect(during[at]?.etag).not.toBe(before[at]?.etag);
      const again = await request(`/api/${path}`, { "if-none-match": during[at]?.etag ?? "" });
      expect(again.statusCode).toBe(304);
    }
    expect((await request("/api/figures?from=2026-03-05&to=2026-03-12")).statusCode).toBe(503);
    await release();
    const after = await Promise.all(paths.map(unpacked));
    expect(after.map(({ body }) => body.isHeld)).toEqual([false, false, false, false]);
    expect(after[0]?.body.sums.dau).not.toEqual(before[0]?.body.sums.dau);
    expect(after[0]?.body.version).not.toBe(before[0]?.body.version);
  });

  it("is not marked as held while a process holds a warehouse that it has not changed", async () => {
    const held = await makeFixture();
    const { ask } = await start(localSource(held.path));
    const before = await ask("by=day");
    await holdFile(held.path);
    expect(await ask("by=day")).toEqual(before);
  });
});

describe("an ETag", () => {
  const paths = [`figures?from=${firstDay}&to=${lastDay}&by=country`, "days", "freshness", "checks"];

  it.each(paths)("on /api/%s gets 304 without a body, whatever form If-None-Match has", async (path) => {
    const { request } = await start();
    const first = await request(`/api/${path}`);
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^W\/"[\w-]{22}"$/);
    expect(first.headers["cache-control"]).toBe("private, no-cache");
    const strong = etag.slice(2);
    for (const known of [etag, strong, `"other", ${etag}`, `W/"a,b",${strong} , "c"`, "*", " * "]) {
      for (const method of ["GET", "HEAD"] as const) {
        const { statusCode, body, headers } = await request(
          `/api/${path}`,
          { "if-none-match": known },
          method,
        );
        expect([known, method, statusCode, body]).toEqual([known, method, 304, ""]);
        expect(headers).toMatchObject({ etag, "cache-control": "private, no-cache" });
        expect(headers).not.toHaveProperty("content-encoding");
      }
    }
    for (const known of ["", `"${strong.slice(2)}`, strong.slice(1, -1), '"*"', '""', 'W/""']) {
      const { statusCode, headers } = await request(`/api/${path}`, { "if-none-match": known });
      expect([known, statusCode, headers.etag]).toEqual([known, 200, etag]);
    }
    const head = await request(`/api/${path}`, {}, "HEAD");
    expect([head.statusCode, head.body, head.headers.etag]).toEqual([200, "", etag]);
  });

  it("of figures is the same for every encoding, and the content as well", async () => {
    const { request } = await start();
    const url = `/api/figures?from=${firstDay}&to=${lastDay}&by=day,country`;
    const plain = await request(url, { "accept-encoding": "identity" });
    const brotli = await request(url, { "accept-encoding": "gzip, br" });
    const gzip = await request(url, { "accept-encoding": "gzip" });
    expect([brotli, gzip].map(({ headers }) => headers["content-encoding"])).toEqual(["br", "gzip"]);
    expect(String(brotliDecompressSync(brotli.rawPayload))).toBe(plain.body);
    expect(String(gunzipSync(gzip.rawPayload))).toBe(plain.body);
    for (const { headers } of [plain, brotli, gzip]) {
      expect(headers.etag).toBe(plain.headers.etag);
      expect(headers.vary).toBe("accept-encoding");
    }
  });

  it("of figures needs no query, even of a server that has just started", async () => {
    const { request } = await start();
    const { headers } = await request(`/api/${paths[0]}`);
    const restarted = await start();
    const again = await restarted.request(`/api/${paths[0]}`, { "if-none-match": String(headers.etag) });
    expect([again.statusCode, restarted.counter.reads]).toEqual([304, 0]);
  });

  it("differs between questions, and changes with the data", async () => {
    const changing = await makeFixture();
    const { request } = await start(localSource(changing.path));
    const days = `from=${firstDay}&to=${lastDay}`;
    const urls = [
      "",
      "&by=day",
      "&by=day&grain=week",
      "&country=TR",
      "&country=DE",
      "&platform=IOS",
      "&platform=ANDROID",
    ];
    const tags = async () => {
      const all: unknown[] = [];
      for (const url of urls) all.push((await request(`/api/figures?${days}${url}`)).headers.etag);
      return all;
    };
    const before = await tags();
    expect(new Set(before).size).toBe(urls.length);
    await changing.query(`update ${table} set dau = dau + 1`);
    const after = await tags();
    expect(new Set([...before, ...after]).size).toBe(2 * urls.length);
  });

  it("is on no problem", async () => {
    const { request } = await start();
    const { headers } = await request("/api/figures?from=2026-03-01", { "if-none-match": "*" });
    expect(headers).toMatchObject({ "cache-control": "no-store" });
    expect(headers).not.toHaveProperty("etag");
  });
});

it.each([
  ["", /query\.from/],
  ["from=2026-03-01&to=2026-02-30", /query\.to: must be a day as YYYY-MM-DD/],
  ["from=2026-03-02&to=2026-03-01", /query\.to: must not be before from/],
  ["from=2026-03-01&from=2026-03-02&to=2026-03-03", /query\.from/],
  ["from=2026-03-01&to=2026-03-02&by=hour", /query\.by/],
  ["from=2026-03-01&to=2026-03-02&by=day,day", /query\.by: must name each column once/],
  ["from=2026-03-01&to=2026-03-02&by=day&by=day", /query\.by: must name each column once/],
  ["from=2026-03-01&to=2026-03-02&by=day,", /query\.by/],
  ["from=2026-03-01&to=2026-03-02&grain=year", /query\.grain/],
  ["from=2026-03-01&to=2026-03-02&platform=ios", /query\.platform/],
  ["from=2026-03-01&to=2026-03-02&platform=", /query\.platform/],
  ["from=2026-03-01&to=2026-03-02&country=", /query\.country\.0: must not be empty/],
  ["from=2026-03-01&to=2026-03-02&country=TR,,DE", /query\.country\.1: must not be empty/],
  ["from=2026-03-01&to=2026-03-02&region=EU", /region/],
])("figures of %j are rejected with what is wrong", async (parameters, detail) => {
  const { request, counter } = await start();
  const response = await request(`/api/figures?${parameters}`);
  expect([response.statusCode, response.json().reason]).toEqual([400, "VALIDATION_FAILED"]);
  expect(response.headers["content-type"]).toMatch(/^application\/problem\+json/);
  expect(response.json().detail).toMatch(detail);
  expect(counter.reads).toBe(0);
});

describe("on BigQuery", async () => {
  const server = await startBigquery();
  afterAll(server.close);
  const warehouse = await openBigquery(connectionTo(server));
  await warehouse.createTables();
  await insertRows(warehouse, rawTable, fixtureRows);
  await backfill(warehouse, { from_date: firstDay, to_date: lastDay });

  it.each(questions)("%s gets the same answer", async (parameters) => {
    const onBigquery = await start(bigquerySource(project, warehouse));
    const local = await start();
    const { version, ...answer } = await onBigquery.ask(parameters);
    expect(answer).toEqual({ ...(await local.ask(parameters)), version: undefined });
    expect(version).toMatch(/^20\d\d-/);
  });

  it("takes every value as a value", async () => {
    const { ask } = await start(bigquerySource(project, warehouse));
    const values = ["'", '"', "]", " TR", "%", "TR' or 'a' = 'a", "@from_date", "x".repeat(100_000)];
    const parameters = values.map((value) => `country=${encodeURIComponent(value)}`).join("&");
    expect((await ask(`by=country&${parameters}`)).groups).toEqual({ country: [] });
    expect((await ask(`by=country&${parameters}&country=TR`)).groups).toEqual({ country: ["TR"] });
  });

  it("runs no job for what the client has, and looks at the tables computed from raw alone", async () => {
    const { request } = await start(bigquerySource(project, warehouse));
    const url = `/api/figures?from=${firstDay}&to=${lastDay}&by=day`;
    const first = await request(url);
    const [jobs, requests] = [server.ran.length, server.requests.length];
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    onTestFinished(() => void vi.useRealTimers());
    const again = await request(url, { "if-none-match": String(first.headers.etag) });
    expect(again.statusCode).toBe(304);
    expect(server.requests.slice(requests)).toEqual(
      derivedTables.map(({ table }) => `tables.get ${table.name}`),
    );
    expect(server.ran.length).toBe(jobs);
  });
});
