import { spawnSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { listen, startTestApp } from "../testkit/app.ts";
import { temporaryFolder } from "../testkit/run.ts";
import { codeBlocks, root } from "./pages.ts";

/** The commands of a page that call the API, as one script. */
function callsOf(page: string): string {
  const blocks = codeBlocks(page, "sh").filter((block) => block.includes("localhost:8080"));
  return blocks.join("\n").replaceAll(/^(npm|npx) .*$/gm, "");
}

// A call that the API refuses ends the script; ID in a path is the newest clan's.
const strictCurl = `set -euo pipefail
newest() { command curl --silent "$API/clans?page_size=1" | "$NODE" -p 'JSON.parse(fs.readFileSync(0)).clans[0].id'; }
curl() {
  local arguments=("$@")
  case "$*" in */clans/ID*) arguments=("\${@/\\/clans\\/ID/\\/clans\\/$(newest)}");; esac
  command curl --silent --show-error --fail-with-body "\${arguments[@]}"; echo
}
`;

const hasCurl = spawnSync("curl", ["--version"]).status === 0;

it.skipIf(!hasCurl).each(["README.md", "docs/api.md"])("the API accepts every call in %s", async (page) => {
  const { app } = await startTestApp();
  const api = await listen(app);
  const folder = await temporaryFolder();
  await mkdir(join(folder, ".local"));
  await symlink(join(root, "scripts"), join(folder, "scripts"));
  const calls = callsOf(page).replaceAll("localhost:8080", api.replace("http://", ""));
  expect(calls.match(/^curl/gm)?.length).toBeGreaterThan(2);
  const { exitCode, all } = await execa("bash", ["-c", strictCurl + calls], {
    cwd: folder,
    env: { API: api, NODE: process.execPath },
    all: true,
    reject: false,
  });
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
});
