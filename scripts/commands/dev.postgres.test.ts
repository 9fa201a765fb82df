import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { copySources } from "../testkit/copy-of-sources.ts";
import { createTestDatabase } from "../testkit/database.ts";
import { freePort } from "../testkit/free-port.ts";
import { runScript, temporaryFolder, untilPrinted } from "../testkit/run.ts";

const textOf = (url: string): Promise<string> =>
  fetch(url).then(
    (response) => response.text(),
    () => "no answer",
  );

it("serves what is saved, of the API, the dashboard's server and the page, also after an error", async () => {
  const folder = await temporaryFolder();
  copySources(folder);
  const edit = (path: string, from: string, to: string) => {
    const source = readFileSync(join(folder, path), "utf8");
    expect(source).toContain(from);
    writeFileSync(join(folder, path), source.replace(from, to));
  };
  const { adminUrl } = await createTestDatabase({ template: "template0" });
  const [port, dashboardPort] = [await freePort(), await freePort()];
  const platform = runScript(
    "clan.ts",
    ["dev", "--rows", "0"],
    {
      DATABASE_URL: adminUrl,
      DATA_DIR: join(folder, "data"),
      PORT: String(port),
      DASHBOARD_PORT: String(dashboardPort),
    },
    join(folder, "scripts"),
  );
  await untilPrinted(platform, "is ready");
  const [api, dashboard] = [`http://localhost:${port}`, `http://localhost:${dashboardPort}`];
  expect(await textOf(`${api}/clans`)).toContain('"clans":[{');

  const product = "service/src/http/openapi.ts";
  edit(product, `= "Clan platform API"`, "= }");
  await untilPrinted(platform, "SyntaxError");
  edit(product, "= }", `= "Guild platform API"`);
  await expect.poll(() => textOf(`${api}/openapi.json`)).toContain("Guild platform API");

  edit("dashboard/page/index.html", "<h1>Clan platform", "<h1>Guild platform");
  await expect.poll(() => textOf(dashboard)).toContain("<h1>Guild platform metrics</h1>");
  expect(await textOf(dashboard)).toContain("/@vite/client");
  edit("dashboard/server/app.ts", "There is nothing at this path.", "Nothing is here.");
  await expect.poll(() => textOf(`${dashboard}/api/none`)).toContain("Nothing is here.");

  platform.child.kill("SIGINT");
  expect([await platform.ended, platform.output()]).toEqual([0, expect.stringContaining("Stopped.")]);
  expect([await textOf(api), await textOf(dashboard)]).toEqual(["no answer", "no answer"]);
});
