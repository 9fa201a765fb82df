import { expect, it, onTestFinished } from "vitest";
import { parseConfig } from "../config.ts";
import { createTestDatabase } from "../testing/database.ts";
import { createPool } from "./pool.ts";

it("lets PostgreSQL look for clients that are gone without a word", async () => {
  const { serviceUrl } = await createTestDatabase();
  const pool = createPool(parseConfig({ DATABASE_URL: serviceUrl }), () => {});
  onTestFinished(() => pool.end());
  const { rows } = await pool.query("select name, setting::int from pg_settings where name like 'tcp_keep%'");
  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
  expect(settings).toMatchObject({ tcp_keepalives_idle: 60, tcp_keepalives_interval: 10 });
});
