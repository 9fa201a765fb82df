import { checks } from "@clan-platform/warehouse/checks.ts";
import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { backfill } from "@clan-platform/warehouse/tables/daily_metrics/backfill.ts";
import { rawTable } from "@clan-platform/warehouse/tables/table.ts";
import { connectionTo, project, startBigquery } from "@clan-platform/warehouse/testing/bigquery-server.ts";
import { insertRows } from "@clan-platform/warehouse/testing/rows.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { firstDay, fixtureRows, lastDay } from "../testing/fixture.ts";
import { buildDashboard } from "./app.ts";
import { bigquerySource } from "./bigquery-source.ts";

const maximumBytesBilled = 20e9;

/** The deployed dashboard, on a warehouse with figures. */
async function deploy() {
  const server = await startBigquery();
  onTestFinished(server.close);
  const warehouse = await openBigquery({
    ...connectionTo(server),
    wait: async () => {},
    maximumBytesBilled,
  });
  await warehouse.createTables();
  await insertRows(warehouse, rawTable, fixtureRows.slice(0, 100));
  await backfill(warehouse, { from_date: firstDay, to_date: lastDay });
  const source = bigquerySource(project, warehouse, { analyticsOnly: true });
  const app = await buildDashboard({ source, isDeployed: true });
  onTestFinished(() => app.close());
  const get = async (url: string) => {
    const response = await app.inject({ url, headers: { host: "clan-dashboard-abc123-ew.a.run.app" } });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  };
  return { server, warehouse, get };
}

const days = `from=${firstDay}&to=${lastDay}`;
/** What the page asks when it is opened. */
const visit = [
  "/api/days",
  "/api/freshness",
  "/api/checks",
  `/api/figures?by=day&${days}`,
  `/api/figures?by=country&${days}`,
  `/api/unusual?${days}`,
  `/api/annotations?${days}`,
];

it("a hundred viewers at once cause the queries of one, again after the data has changed", async () => {
  const { server, warehouse, get } = await deploy();
  const start = { jobs: server.ran.length, requests: server.requests.length };
  for (const url of visit) expect((await get(url)).status, url).toBe(200);
  const ofOne = server.ran.length - start.jobs;
  expect(ofOne).toBeGreaterThan(visit.length - 2);

  await insertRows(warehouse, rawTable, fixtureRows.slice(100, 110));
  await backfill(warehouse, { from_date: firstDay, to_date: lastDay });
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
  onTestFinished(() => void vi.useRealTimers());
  const changed = { jobs: server.ran.length, requests: server.requests.length };
  const visits = Array.from({ length: 100 }, () => visit.map((url) => get(url))).flat();
  for (const { status } of await Promise.all(visits)) expect(status).toBe(200);
  expect(server.ran.length - changed.jobs).toBe(ofOne);
  // Free metadata: of the tables of each scope, and what freshness reads.
  const metadata = server.requests.slice(changed.requests).filter((request) => request.startsWith("tables."));
  expect(metadata.length).toBeLessThan(24);

  const later = server.requests.length;
  for (const url of visit) await get(url);
  expect(server.requests.length).toBe(later);
});

it("reads no row of the raw dataset, and each query may be billed for 20 GB at most", async () => {
  const { server, get } = await deploy();
  const before = server.ran.length;
  for (const url of visit) expect((await get(url)).status, url).toBe(200);
  const queries = server.ran.slice(before).map(({ configuration }) => configuration.query);
  expect(queries.length).toBeGreaterThan(5);
  for (const query of queries) {
    expect(query?.query).not.toContain("clan_case_raw");
    expect(query?.maximumBytesBilled).toBe(String(maximumBytesBilled));
  }
});

it("shows when syncs and loads last wrote, and the checks that need no raw rows", async () => {
  const { get } = await deploy();
  const { runs, rows } = (await get("/api/freshness")).body;
  expect(runs.map(({ name }: { name: string }) => name)).toEqual(["daily_metrics", "sync", "load"]);
  expect(rows.raw).toBe(100);
  const shown = (await get("/api/checks")).body.checks;
  expect(shown.length).toBeGreaterThan(0);
  expect(shown).toHaveLength(checks.filter(({ sql }) => !sql.includes("clan_case_raw.")).length);
});

it("answers its deployed name over HTTPS alone, and says that it is healthy without asking BigQuery", async () => {
  const { server, get } = await deploy();
  const before = server.requests.length;
  const { status, headers, body } = await get("/health");
  expect([status, body, headers["cache-control"]]).toEqual([200, { status: "ok" }, "no-store"]);
  expect(headers["strict-transport-security"]).toBe("max-age=31536000");
  expect(server.requests.length).toBe(before);
});
