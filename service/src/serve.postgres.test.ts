import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { pino } from "pino";
import { expect, it, onTestFinished } from "vitest";
import { parseConfig } from "./config.ts";
import { serve } from "./serve.ts";

it("leaves no connection to PostgreSQL behind when its port is taken", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const other = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const config = parseConfig({ DATABASE_URL: serviceUrl, HOST: "127.0.0.1", PORT: String(port) });
  await expect(serve(config, pino({ level: "silent" }))).rejects.toThrow(`Port ${port} is taken`);
  const admin = await connect(adminUrl);
  const others =
    "select from pg_stat_activity where application_name = 'clan-service' and datname = current_database()";
  await expect.poll(async () => (await admin.query(others)).rowCount, { timeout: 5_000 }).toBe(0);
});
