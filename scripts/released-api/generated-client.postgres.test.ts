import { existsSync, globSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { execa, execaSync } from "execa";
import { expect, it } from "vitest";
import { listen, startTestApp } from "../testkit/app.ts";
import { temporaryFolder } from "../testkit/run.ts";
import { currentDocument } from "./current-document.ts";
import { toText } from "./files.ts";

// `mvn dependency:get -Dartifact=org.openapitools:openapi-generator-cli:7.25.0` puts it there.
const jar =
  process.env.OPENAPI_GENERATOR_JAR ??
  globSync(".m2/repository/org/openapitools/openapi-generator-cli/*/*.jar", { cwd: homedir() })
    .map((path) => join(homedir(), path))
    .toSorted()
    .at(-1);
const hasJava = execaSync("java", ["-version"], { reject: false }).exitCode === 0;
const isPossible = jar !== undefined && existsSync(jar) && hasJava;
const needs = "needs Java, and the jar of openapi-generator-cli in ~/.m2 or OPENAPI_GENERATOR_JAR";

/** Generates a client from the service's document, compiles it, and returns its module. */
async function generateClient(generator: string) {
  const folder = await temporaryFolder();
  const document = join(folder, "document.json");
  writeFileSync(document, toText(await currentDocument()));
  const options = ["-i", document, "-g", generator, "-o", folder];
  await execa("java", ["-jar", jar ?? "", "generate", ...options, "-p", "importFileExtension=.js"]);
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  const compilerOptions = {
    ...{ strict: true, target: "es2022", module: "nodenext", lib: ["es2022", "dom"], types: [] },
    ...{ outDir: "dist", rootDir: "." },
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await execa("tsc", ["-p", folder], { preferLocal: true });
  return import(pathToFileURL(join(folder, "dist/index.js")).href);
}

it.skipIf(!isPossible)(`a client of openapi-generator works (${needs})`, async () => {
  const { app } = await startTestApp();
  const basePath = await listen(app);
  const { ClansApi, Configuration, ResponseError, UserActivityApi } =
    await generateClient("typescript-fetch");
  const configuration = new Configuration({ basePath });
  const clans = new ClansApi(configuration);
  const activity = new UserActivityApi(configuration);
  const problemOf = async (call: Promise<unknown>) => {
    const error = (await call.catch((error) => error)) as { response: Response };
    expect(error).toBeInstanceOf(ResponseError);
    const { status, reason } = (await error.response.json()) as { status: number; reason: string };
    return [status, reason];
  };

  const clan = await clans.createClan({
    createClanRequest: { name: "Night Owls", region: "EU" },
    idempotencyKey: "generated",
  });
  await clans.createClan({ createClanRequest: { name: "Harbor Lights", region: null } });
  expect(await clans.getClan({ id: clan.id })).toEqual(clan);
  const first = await clans.listClans({ pageSize: 1 });
  const second = await clans.listClans({ pageSize: 1, pageToken: first.nextPageToken });
  expect([first.clans[0].region, second.clans[0], second.nextPageToken]).toEqual([null, clan, null]);
  expect((await clans.searchClans({ name: "owl" })).clans).toEqual([clan]);

  expect(await problemOf(clans.createClan({ createClanRequest: { name: "NIGHT OWLS" } }))).toEqual([
    409,
    "CLAN_NAME_TAKEN",
  ]);
  expect(await problemOf(clans.listClans({ pageSize: 0 }))).toEqual([400, "VALIDATION_FAILED"]);
  await clans.deleteClan({ id: clan.id });
  expect(await problemOf(clans.getClan({ id: clan.id }))).toEqual([404, "CLAN_NOT_FOUND"]);

  const day = new Date("2024-03-05");
  const row = {
    userId: "player-1",
    eventDate: day,
    platform: "ANDROID",
    installDate: day,
    country: null,
    totalSessionCount: 3,
    totalSessionDuration: 812.5,
    matchStartCount: 5,
    matchEndCount: 4,
    victoryCount: 3,
    defeatCount: 1,
    serverConnectionError: 0,
    iapRevenue: 4.99,
    adRevenue: 0.0125,
  };
  expect(await activity.storeActivity({ activityBatch: { rows: [row] } })).toMatchObject({ inserted: 1 });
  const { rows } = await activity.listActivity({ userId: "player-1", from: day });
  expect(rows).toMatchObject([row]);
  await activity.eraseActivity({ userId: "player-1" });
  expect((await activity.listActivity({ userId: "player-1" })).rows).toEqual([]);
});
