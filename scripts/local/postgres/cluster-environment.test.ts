import pg from "pg";
import { expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "../../testkit/run.ts";
import { startCluster } from "./cluster.ts";
import { clusterUrl } from "./connection.ts";

/** What a database of a new cluster gets from the environment, if anything does. */
const settingsQuery = `select datcollate, datctype, datlocprovider, datlocale,
         current_setting('lc_messages') as messages, current_setting('lc_monetary') as monetary,
         current_setting('lc_numeric') as numeric, current_setting('lc_time') as time,
         current_setting('default_text_search_config') as search, current_setting('DateStyle') as days
    from pg_database where datname = 'postgres'`;

const expected = {
  datcollate: "C",
  datctype: process.platform === "linux" ? "C.UTF-8" : "C",
  datlocprovider: "b",
  datlocale: "C.UTF-8",
  messages: "C",
  monetary: "C",
  numeric: "C",
  time: "C",
  search: "pg_catalog.english",
  days: "ISO, MDY",
};

it.each([
  { LANG: "tr_TR.UTF-8" },
  { LC_ALL: "xx_YY" },
  { LC_ALL: "C" },
  { LC_ALL: "POSIX" },
  { LANG: "de_DE@euro", LC_MONETARY: "de_DE@euro" },
  { LANG: "", LC_ALL: "" },
  // Read by initdb and the server.
  { PGDATESTYLE: "odd", PGTZ: "Nowhere/City", PGDATA: "/nowhere", PGCLIENTENCODING: "odd" },
])("a cluster is created with its own locale and settings under %j", async (environment) => {
  for (const name of Object.keys(process.env)) if (/^(LC_|LANG)/.test(name)) vi.stubEnv(name, undefined);
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const cluster = await startCluster({ folder: await temporaryFolder(), settings: ["fsync=off"] });
  onTestFinished(() => cluster.stop());
  vi.unstubAllEnvs();
  const client = new pg.Client({ connectionString: clusterUrl(cluster, "postgres") });
  await client.connect();
  onTestFinished(() => client.end());
  expect((await client.query(settingsQuery)).rows).toEqual([expected]);
});
