import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connect, createTestDatabase } from "@clan-platform/scripts/testkit/database.ts";
import { startNode } from "@clan-platform/scripts/testkit/process.ts";
import { startTcpProxy } from "@clan-platform/scripts/testkit/tcp-proxy.ts";
import { inTemporaryFolder } from "@clan-platform/scripts/testkit/temporary-folder.ts";
import { expect, it, onTestFinished } from "vitest";

const script = fileURLToPath(new URL("seed-clans.ts", import.meta.url));

it("says in one line that it has lost PostgreSQL on the way, and what to do", async () => {
  const { adminUrl, serviceUrl } = await createTestDatabase();
  const url = new URL(serviceUrl);
  const proxy = await startTcpProxy(Number(url.port));
  onTestFinished(() => proxy.close());
  proxy.onBytes = (bytes, _direction, connection) => {
    if (bytes.includes("insert into clans")) connection.cut();
  };
  url.port = String(proxy.port);
  const { code, output } = await inTemporaryFolder((folder) => {
    const file = join(folder, "clans.csv");
    writeFileSync(file, "name\nOwls\n");
    return startNode(script, [file], { environment: { DATABASE_URL: url.href } }).ended;
  });
  expect(output).toBe(
    "seed-clans: PostgreSQL was lost before it reported whether the clans were seeded: run it again, which seeds those that are missing.\n",
  );
  expect(code).toBe(1);
  const admin = await connect(adminUrl);
  expect((await admin.query("select from clans")).rowCount).toBe(0);
});
