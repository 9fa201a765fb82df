import { checks } from "@clan-platform/warehouse/checks.ts";
import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { openDuckdb } from "@clan-platform/warehouse/engines/duckdb/duckdb.ts";
import { forgetFirstFill, noteFirstFill } from "@clan-platform/warehouse/engines/duckdb/first-fill.ts";
import { backfill } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { derivedTables } from "@clan-platform/warehouse/tables/derived-tables.ts";
import { rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { project, startBigquery } from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { insertRows, rawRow, setRows } from "@clan-platform/warehouse/testing/rows.ts";
import type { Warehouse } from "@clan-platform/warehouse/warehouse.ts";
import { PassThroughClient } from "google-auth-library";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { firstDay, fixtureRows, lastDay, makeFixture } from "../testing/fixture.ts";
import { holdFile } from "../testing/held-file.ts";
import type { FiguresAnswer } from "./answers.ts";
import { buildDashboard } from "./app.ts";
import { bigquerySource } from "./bigquery-source.ts";
import { localSource } from "./local-source.ts";
import type { Source } from "./source.ts";

const fixture = await makeFixture();

async function start(source: Source = localSource(fixture.path)) {
  const app = await buildDashboard({ source, page: import.meta.dirname });
  onTestFinished(() => app.close());
  return async (url: string, headers: Record<string, string> = {}) => {
    const response = await app.inject({
      method: "GET",
      url,
      headers: { host: "localhost:8081", ...headers },
    });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  };
}

/** The groups of an answer, in the shape that a query returns. */
const rowsOf = ({ groups, sums }: FiguresAnswer) =>
  sums.dau.map((_, row) => ({
    event_date: groups.day?.[row],
    country: groups.country?.[row],
    platform: groups.platform?.[row],
    ...Object.fromEntries(Object.entries(sums).map(([name, values]) => [name, values[row]])),
  }));

const columns =
  "event_date, country, platform, dau, total_iap_revenue, total_ad_revenue, matches_started, matches_ended, victories, " +
  "defeats, server_connection_errors, payers, new_users, total_sessions, total_session_duration";

describe("on the local warehouse", () => {
  it("returns the days that have figures", async () => {
    const get = await start();
    const { status, body } = await get("/api/days");
    expect(status).toBe(200);
    expect(body).toMatchObject({ source: "local warehouse", days: { from: firstDay, to: lastDay } });
  });

  it("returns the rows of the requested days, each figure as the query returns it", async () => {
    const get = await start();
    const { body } = await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-11");
    const expected = await fixture.query(
      `select ${columns} from clan_case_analytics.daily_metrics
       where event_date between '2026-03-05' and '2026-03-11' order by event_date, country, platform`,
    );
    expect(expected.length).toBeGreaterThan(150);
    expect(rowsOf(body)).toEqual(expected);
  });

  it("returns how many rows there are and when they arrived", async () => {
    const get = await start();
    const before = Date.now();
    await fixture.query(
      `insert into clan_case_raw.loaded_parts values ('x', 'x.csv', 1, 1, 0, 0, timestamptz '2026-03-21 08:15:30.5+00')`,
    );
    await fixture.query(
      `insert into clan_case_raw.activity_syncs
        (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted) values ('y', '2026-03-21 08:20:00+00', '2026-03-21 08:20:01.25+00', '2026-03-21 08:19:50+00', 1, 0, 0)`,
    );
    const { body } = await get("/api/freshness");
    const [counts] = await fixture.query(
      "select (select count(*) from clan_case_raw.user_daily_metrics_raw) as raw, (select count(*) from clan_case_analytics.daily_metrics) as metrics",
    );
    expect(body.rows).toEqual({ raw: counts?.raw, dailyMetrics: counts?.metrics });
    const [metrics, sync, load] = body.runs;
    expect(sync).toEqual({ name: "sync", at: "2026-03-21T08:20:01.250Z" });
    expect(load).toEqual({ name: "load", at: "2026-03-21T08:15:30.500Z" });
    expect(metrics.name).toBe("daily_metrics");
    expect(Date.parse(metrics.at)).toBeGreaterThan(before - 60_000);
    expect(Date.parse(metrics.at)).toBeLessThanOrEqual(before);
  });

  it("runs every check, and reports what a run on all days at once would find", async () => {
    const good = await (await start())("/api/checks");
    expect(good.body.checks.map(({ claim }: { claim: string }) => claim)).toEqual(
      checks.map(({ claim }) => claim),
    );
    expect(good.body.checks.filter(({ found }: { found: number }) => found > 0)).toEqual([]);

    const faulty = await makeFixture([
      ...fixtureRows.filter(({ event_date }) => event_date !== "2026-03-10"),
      rawRow({ user_id: "late", event_date: "2026-03-12", install_date: "2026-03-13" }),
      rawRow({ user_id: "late", event_date: "2026-03-15", install_date: "2026-03-17" }),
    ]);
    const get = await start(localSource(faulty.path));
    const days = { from: firstDay, to: lastDay };
    expect((await get("/api/days")).body.days).toEqual({ ...days, missing: ["2026-03-10"] });
    const { body } = await get("/api/checks");
    expect(body.days).toEqual(days);
    const found = body.checks.filter(({ found }: { found: number }) => found > 0);
    expect(found).toEqual([
      expect.objectContaining({ severity: "fail", claim: "nobody plays before installing", found: 2 }),
      expect.objectContaining({
        severity: "warn",
        claim: "no day is missing between the first and the last",
        found: 1,
      }),
    ]);
  });

  it("answers without figures while there is no warehouse, creates none, and picks it up once it exists", async () => {
    const { path } = await makeFixture([]);
    const missing = `${path}-missing`;
    const get = await start(localSource(missing));
    expect((await get("/api/days")).body).toEqual({
      version: null,
      isHeld: false,
      source: "local warehouse",
      target: "local",
      days: null,
    });
    expect((await get("/api/freshness")).body.rows).toEqual({ raw: 0, dailyMetrics: 0 });
    expect((await get("/api/checks")).body).toEqual({
      version: null,
      isHeld: false,
      days: null,
      checks: [],
    });
    expect(
      (await get("/api/figures?by=day,country,platform&from=2026-03-01&to=2026-03-02")).body.sums.dau,
    ).toEqual([]);
    const warehouse = await openDuckdb(missing);
    await warehouse.createTables();
    await setRows(warehouse, rawTable, fixtureRows);
    await backfill(warehouse, { from_date: firstDay, to_date: lastDay });
    await warehouse.close();
    expect((await get("/api/days")).body.days).toEqual({ from: firstDay, to: lastDay, missing: [] });
  });

  it("reads again only after the data has changed", async () => {
    const changing = await makeFixture();
    const local = localSource(changing.path);
    let reads = 0;
    const source: Source = {
      ...local,
      withWarehouse(read) {
        reads++;
        return local.withWarehouse(read);
      },
    };
    const get = await start(source);
    const first = await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-11");
    expect((await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-11")).body).toEqual(
      first.body,
    );
    expect(reads).toBe(1);
    await changing.query("update clan_case_analytics.daily_metrics set dau = dau + 1");
    const second = await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-11");
    expect(second.body.sums.dau).toEqual(first.body.sums.dau.map((dau: number) => dau + 1));
    expect(second.body.version).not.toBe(first.body.version);
  });

  it("runs the checks again after a change of their tables, and not after an empty sync", async () => {
    const synced = await makeFixture();
    const get = await start(localSource(synced.path));
    const { body: first } = await get("/api/checks");
    await synced.query(`insert into clan_case_raw.activity_syncs
      (sync_id, started_at, finished_at, synced_to, rows_inserted, rows_updated, rows_deleted)
      values ('1', now(), now(), now(), 0, 0, 0)`);
    expect((await get("/api/checks")).body).toEqual(first);
    expect((await get("/api/freshness")).body.version).not.toBe(first.version);
    await synced.query(
      "insert into clan_case_raw.user_daily_metrics_raw from clan_case_raw.user_daily_metrics_raw limit 1",
    );
    const { body: second } = await get("/api/checks");
    expect(second.version).not.toBe(first.version);
    expect(second.checks).not.toEqual(first.checks);
  });

  it("runs the checks again on another day, on which one more is over", async () => {
    const local = localSource(fixture.path);
    let reads = 0;
    const withWarehouse: Source["withWarehouse"] = (read) => {
      reads += 1;
      return local.withWarehouse(read);
    };
    const get = await start({ ...local, withWarehouse });
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2026-03-20T23:59:00Z") });
    onTestFinished(() => void vi.useRealTimers());
    await get("/api/checks");
    const once = reads;
    await get("/api/checks");
    expect(reads).toBe(once);
    vi.setSystemTime(new Date("2026-03-21T00:01:00Z"));
    await get("/api/checks");
    expect(reads).toBeGreaterThan(once);
  });

  it("releases the file after each answer, so that another command can write at once", async () => {
    const get = await start();
    for (const url of [
      "/api/days",
      "/api/freshness",
      "/api/checks",
      "/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-06",
    ]) {
      expect((await get(url)).status).toBe(200);
      const { release } = await holdFile(fixture.path);
      await release();
    }
  });

  it("answers from the cache while another command holds the file, and otherwise reports why it can't", async () => {
    const held = await makeFixture();
    const get = await start(localSource(held.path));
    const cached = await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-11");
    await held.query("update clan_case_analytics.daily_metrics set dau = dau + 1");
    const { release } = await holdFile(held.path);
    expect((await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-11")).body).toEqual({
      ...cached.body,
      isHeld: true,
    });
    const uncached = await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-06");
    expect(uncached.status).toBe(503);
    expect(uncached.headers).toMatchObject({
      "content-type": /^application\/problem\+json/,
      "retry-after": "2",
    });
    expect(uncached.body).toMatchObject({
      reason: "WAREHOUSE_BUSY",
      detail: expect.stringMatching(/Another command/),
    });
    await release();
    expect((await get("/api/figures?by=day,country,platform&from=2026-03-05&to=2026-03-06")).status).toBe(
      200,
    );
  });

  it("reports how far a first fill is, and not that there is nothing", async () => {
    const { path, query } = await makeFixture([]);
    const get = await start(localSource(path));
    expect((await get("/api/days")).body).toMatchObject({ days: null });
    // As the fill that holds it does.
    await query("create table clan_case_raw.begun as select 1 as one");
    const { release } = await holdFile(path);
    noteFirstFill(path, 0.42);
    const filling = await get("/api/days");
    expect(filling.status).toBe(503);
    expect(filling.body).toMatchObject({ reason: "WAREHOUSE_FILLING", share_done: 0.42 });
    forgetFirstFill(path);
    expect((await get("/api/days")).body).toMatchObject({ isHeld: true });
    await release();
  });

  it("opens the warehouse read-only", async () => {
    await expect(
      localSource(fixture.path).withWarehouse((warehouse) =>
        warehouse.query("delete from clan_case_analytics.daily_metrics"),
      ),
    ).rejects.toThrow(/read-only/);
  });
});

describe("on BigQuery", () => {
  async function connect() {
    const server = await startBigquery();
    onTestFinished(server.close);
    const warehouse = await openBigquery({
      project,
      apiEndpoint: server.url,
      authClient: new PassThroughClient(),
      wait: async () => {},
    });
    return { server, warehouse };
  }

  async function startOnBigquery() {
    const { server, warehouse } = await connect();
    await warehouse.createTables();
    return { server, warehouse, get: await start(bigquerySource(project, warehouse)) };
  }

  const fill = async (warehouse: Warehouse) => {
    await insertRows(warehouse, rawTable, fixtureRows.slice(0, 100));
    await backfill(warehouse, { from_date: firstDay, to_date: lastDay });
  };

  it("returns the same figures from the same statements", async () => {
    const { server, warehouse, get } = await startOnBigquery();
    await fill(warehouse);
    expect((await get("/api/days")).body).toMatchObject({
      source: `BigQuery, project ${project}`,
      target: "bigquery",
      days: { from: firstDay },
    });
    const { body } = await get(`/api/figures?by=day,country,platform&from=${firstDay}&to=${lastDay}`);
    const expected = await server.engine.look(
      `select ${columns} from clan_case_analytics.daily_metrics order by event_date, country, platform`,
    );
    const asNumbers = (rows: object[]) =>
      JSON.parse(JSON.stringify(rows), (_, value) =>
        value !== "" && Number.isFinite(Number(value)) ? Number(value) : value,
      );
    expect(asNumbers(rowsOf(body))).toEqual(asNumbers(expected as object[]));
    const freshness = (await get("/api/freshness")).body;
    expect(freshness.rows.raw).toBe(100);
    expect(freshness.runs).toEqual([
      { name: "daily_metrics", at: expect.stringMatching(/^20\d\d-/) },
      { name: "sync", at: null },
      { name: "load", at: null },
    ]);
    expect((await get("/api/checks")).body.checks).toHaveLength(checks.length);
  });

  it.each([
    [
      { status: 401, reason: "authError", message: "Invalid Credentials" },
      /^There are no valid credentials for BigQuery: run `gcloud auth application-default login`/,
    ],
    [{ status: 403, reason: "accessDenied", message: "Access Denied" }, /roles\/bigquery.dataViewer to read/],
    [
      { status: 404, reason: "notFound", message: "Not found: Project x" },
      /^The project does not exist, or you may not see it/,
    ],
  ])("reports in one sentence what to do about %j", async (fault, sentence) => {
    const { server, get } = await startOnBigquery();
    server.inject(/./, fault, 1_000);
    for (const url of ["/api/days", "/api/freshness", "/api/checks"]) {
      const { status, body } = await get(url);
      expect([status, body.reason]).toEqual([502, "WAREHOUSE_FAILED"]);
      expect(body.detail).toMatch(sentence);
    }
  });

  it("reports how to create missing tables, and recovers once they exist", async () => {
    const { server, warehouse } = await connect();
    const get = await start(bigquerySource(project, warehouse));
    expect(await get("/api/days")).toMatchObject({
      status: 502,
      body: { detail: expect.stringMatching(/does not exist.*create the \w+ with `pulumi up`/) },
    });
    await warehouse.createTables();
    await fill(warehouse);
    expect((await get("/api/days")).body.days).toEqual({
      from: firstDay,
      to: expect.any(String),
      missing: expect.any(Array),
    });
    expect(server.ran.length).toBeGreaterThan(0);
  });

  it("runs no query again while the tables are unchanged, which it looks up twice a minute", async () => {
    const { server, warehouse, get } = await startOnBigquery();
    await fill(warehouse);
    const first = await get("/api/freshness");
    const firstDays = await get("/api/days");
    const [jobs, requests] = [server.ran.length, server.requests.length];
    await get("/api/freshness");
    await get("/api/days");
    expect(server.requests.length).toBe(requests);

    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    onTestFinished(() => void vi.useRealTimers());
    await get("/api/freshness");
    expect(server.requests.slice(requests)).toEqual(Array(5).fill(expect.stringMatching(/^tables\.get /)));
    await get("/api/days");
    expect(server.requests.slice(requests + 5)).toEqual(
      derivedTables.map(({ table }) => `tables.get ${table.name}`),
    );
    expect(server.ran.length).toBe(jobs);

    await insertRows(warehouse, rawTable, fixtureRows.slice(100, 200));
    vi.setSystemTime(Date.now() + 31_000);
    expect((await get("/api/freshness")).body.version).not.toBe(first.body.version);
    expect((await get("/api/days")).body.version).toBe(firstDays.body.version);

    await fill(warehouse);
    vi.setSystemTime(Date.now() + 31_000);
    expect((await get("/api/days")).body.version).not.toBe(firstDays.body.version);
  });

  it("notices a change although the clock is set back", async () => {
    const { warehouse, get } = await startOnBigquery();
    const first = await get("/api/freshness");
    await fill(warehouse);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() - 3_600_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect((await get("/api/freshness")).body.version).not.toBe(first.body.version);
  });
});

describe("every request", () => {
  it.each([
    ["/api/figures", /query/],
    ["/api/figures?from=2026-03-01&to=2026-02-30", /query\.to: must be a day as YYYY-MM-DD/],
    ["/api/figures?from=2026-03-02&to=2026-03-01", /query\.to: must not be before from/],
    ["/api/figures?from=2026-03-02&to=2026-03-02&region=TR", /region/],
  ])("to %s is rejected with what is wrong", async (url, detail) => {
    const { status, body } = await (await start())(url);
    expect([status, body.reason]).toEqual([400, "VALIDATION_FAILED"]);
    expect(body.detail).toMatch(detail);
  });

  it("may only read", async () => {
    const app = await buildDashboard({ source: localSource(fixture.path), page: import.meta.dirname });
    onTestFinished(() => app.close());
    for (const method of ["POST", "PUT", "DELETE", "PATCH"] as const) {
      const response = await app.inject({ method, url: "/api/days", headers: { host: "localhost" } });
      expect([response.statusCode, response.json().reason]).toEqual([405, "METHOD_NOT_ALLOWED"]);
    }
  });

  it("is answered only under the names of this machine", async () => {
    const get = await start();
    for (const host of ["localhost:8081", "127.0.0.1:8081", "[::1]:8081", "localhost"]) {
      expect((await get("/api/days", { host })).status, host).toBe(200);
    }
    for (const host of [
      "dashboard.example.com:8081",
      "localhost.example.com",
      "127.0.0.1.example.com:8081",
    ]) {
      const { status, body } = await get("/api/days", { host });
      expect([status, body.reason], host).toEqual([421, "FOREIGN_HOST"]);
    }
  });

  it("gets a policy against third-party content, figures that are not stored, and compression", async () => {
    const app = await buildDashboard({ source: localSource(fixture.path), page: import.meta.dirname });
    onTestFinished(() => app.close());
    const response = await app.inject({
      url: `/api/figures?by=day,country,platform&from=${firstDay}&to=${lastDay}`,
      headers: { host: "localhost", "accept-encoding": "gzip, br" },
    });
    expect(response.headers["content-security-policy"]).toMatch(/^default-src 'none';script-src 'self';/);
    expect(response.headers["content-security-policy"]).not.toMatch(/unsafe|http|\*/);
    expect(response.headers["cache-control"]).toBe("private, no-cache");
    expect(response.headers["content-encoding"]).toBe("br");
  });
});
