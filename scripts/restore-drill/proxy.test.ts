import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it, vi } from "vitest";
import { temporaryFolder } from "../testkit/run.ts";
import { openProxy } from "./proxy.ts";

const options = {
  connectionName: "p:europe-west1:clan-1a2b3c",
  account: "clan-migration@p.iam.gserviceaccount.com",
  usesPrivateIp: true,
};

async function fakeProxy(script: string | undefined) {
  const folder = await temporaryFolder();
  const path = join(folder, "cloud-sql-proxy");
  if (script !== undefined) writeFileSync(path, `#!/bin/sh\n${script}\n`);
  if (script !== undefined) chmodSync(path, 0o755);
  vi.stubEnv("PATH", script === undefined ? folder : [folder, process.env.PATH].join(delimiter));
}

it("logs in as the migration's account, and ends with its access", async () => {
  const call = join(await temporaryFolder(), "call");
  await fakeProxy(
    `echo "$*" > ${call}; echo "The proxy has started successfully and is ready for new connections!"; exec tail -f /dev/null`,
  );
  const { url, close } = await openProxy(options);
  expect(url).toMatch(/^postgres:\/\/clan-migration%40p\.iam@127\.0\.0\.1:\d+\/clan\?sslmode=disable$/);
  expect(readFileSync(call, "utf8")).toMatch(
    /^--auto-iam-authn --impersonate-service-account=clan-migration@p\.iam\.gserviceaccount\.com .* --private-ip p:europe-west1:clan-1a2b3c$/m,
  );
  await close();
});

it.each([
  [undefined, /cloud-sql-proxy is not installed/],
  ["echo 'no credentials' >&2; exit 1", /cloud-sql-proxy ended: no credentials/],
])("reports why there is no proxy: %j", async (script, reason) => {
  await fakeProxy(script);
  await expect(openProxy(options)).rejects.toThrow(reason);
});
