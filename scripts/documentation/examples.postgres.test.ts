import { spawnSync } from "node:child_process";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { expect, it } from "vitest";
import { listen, startTestApp } from "../testkit/app.ts";
import { temporaryFolder } from "../testkit/run.ts";
import { run } from "./examples.ts";
import { type CodeBlock, codeBlocks, root } from "./pages.ts";

const own = run.filter(({ by }) => by === "scripts/documentation/examples.postgres.test.ts");
const isOwn = ({ page, code }: CodeBlock) => own.some((b) => b.page === page && code.startsWith(b.begins));
const blocksOf = (page: string, language: string) =>
  codeBlocks(page).filter((block) => isOwn(block) && block.language === language);

/** The commands of a page as one script; those that generate rows generate few. */
const scriptOf = (page: string, api: string): string =>
  blocksOf(page, "sh")
    .map(({ code }) => code)
    .join("\n")
    .replaceAll("localhost:8080", api.replace("http://", ""))
    .replaceAll("https://clans.example.com", api)
    .replaceAll(/ --rows \d+/g, "")
    .replaceAll(/^npm run generate-raw --/gm, "$& --rows 1000");

// A command that fails ends the script; so does a call that the API refuses. ID in a path is the newest clan's.
const prelude = `set -euo pipefail
npm() {
  local code=0
  "$NODE" scripts/clan.ts "$2" "\${@:4}" || code=$?
  # scripts/data/clans.csv has lines to reject.
  if [ "$2" = seed-clans ]; then [ $code = 2 ]; else return $code; fi
}
npx() { shift; "$NODE" "$@"; }
newest() { command curl --silent "$API/clans?page_size=1" | "$NODE" -p 'JSON.parse(fs.readFileSync(0)).clans[0].id'; }
curl() {
  local arguments=("$@")
  case "$*" in */clans/ID*) arguments=("\${@/\\/clans\\/ID/\\/clans\\/$(newest)}");; esac
  command curl --silent --show-error --fail-with-body "\${arguments[@]}"; echo
}
for part in 1 2; do
  sed "s/2026-11-03/$(date -u +%F)/" scripts/data/activity.csv | gzip > part-$part.csv.gz
done
`;

async function startApi() {
  const { app, database } = await startTestApp();
  return { api: await listen(app), databaseUrl: database.adminUrl };
}

const hasCurl = spawnSync("curl", ["--version"]).status === 0;
const pages = ["README.md", "docs/api.md", "docs/warehouse.md"];

it.skipIf(!hasCurl).each(pages)("every command of %s that needs no account works", async (page) => {
  const { api, databaseUrl } = await startApi();
  const folder = await temporaryFolder();
  await mkdir(join(folder, ".local"));
  await symlink(join(root, "scripts"), join(folder, "scripts"));
  const script = scriptOf(page, api);
  expect(script.match(/^(curl|npm|npx)/gm)?.length).toBeGreaterThan(4);
  const { exitCode, all } = await execa("bash", ["-c", prelude + script], {
    cwd: folder,
    env: {
      API: api,
      NODE: process.execPath,
      DATABASE_URL: databaseUrl,
      DATA_DIR: join(folder, ".local"),
    },
    all: true,
    reject: false,
  });
  expect({ exitCode, all }).toMatchObject({ exitCode: 0 });
});

it.each(["docs/api.md", "clients/typescript/README.md"])("the TypeScript of %s runs", async (page) => {
  const { api } = await startApi();
  const [block] = blocksOf(page, "ts");
  const rest = `install_date: "2026-11-01", country: "TR", total_session_count: 3, total_session_duration: 812.5,
    match_start_count: 5, match_end_count: 4, victory_count: 3, defeat_count: 1, server_connection_error: 0,
    iap_revenue: 4.99, ad_revenue: 0.0125`;
  const code = block?.code.replace(/https?:\/\/[\w.:]+/, api).replace("/* … */", rest) ?? "";
  const { exitCode, all } = await execa(
    process.execPath,
    ["--input-type=module-typescript", "--eval", code],
    { cwd: join(root, "scripts"), all: true, reject: false },
  );
  expect({ exitCode, all }).toMatchObject({ exitCode: 0, all: expect.stringContaining("Harbor Lights") });
});

it("docs/api.md shows a problem as the API answers it", async () => {
  const [block] = blocksOf("docs/api.md", "json");
  const { app } = await startTestApp();
  const response = await app.inject({
    method: "POST",
    url: "/clans",
    payload: { name: "Harbor Lights", region: "?" },
  });
  const { request_id: _, ...shown } = JSON.parse(block?.code ?? "");
  const { request_id, ...answer } = response.json();
  expect(answer).toEqual(shown);
  expect(request_id).toMatch(/./);
});
