import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { temporaryFolder } from "@clan-platform/scripts/testkit/run.ts";
import { expect, it } from "vitest";

const build = join(import.meta.dirname, "../build.ts");

it("is published as JavaScript with types, and depends on openapi-fetch alone", async () => {
  const folder = await temporaryFolder();
  execFileSync(process.execPath, [build, folder]);
  const manifest = JSON.parse(readFileSync(join(folder, "dist/package.json"), "utf8"));
  expect(Object.keys(manifest.dependencies)).toEqual(["openapi-fetch"]);
  expect([manifest.devDependencies, manifest.private]).toEqual([undefined, undefined]);

  // Installed in a project of somebody else's, it runs and has its types.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@clan-platform"), { recursive: true });
  symlinkSync(join(folder, "dist"), join(modules, "@clan-platform/client"));
  for (const name of ["openapi-fetch", "openapi-typescript-helpers"])
    symlinkSync(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), join(modules, name));
  writeFileSync(
    join(folder, "use.mts"),
    `import { type ClanClient, createClanClient } from "@clan-platform/client";
     const clans: ClanClient = createClanClient({ baseUrl: "http://localhost:8080" });
     // @ts-expect-error: a name is needed
     () => clans.createClan({ region: "EU" });
     console.log(typeof clans.createClan);\n`,
  );
  const typescript = join(
    dirname(createRequire(import.meta.url).resolve("typescript-7/package.json")),
    "bin/tsc",
  );
  const settings = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"];
  execFileSync(process.execPath, [typescript, "use.mts", ...settings], { cwd: folder });
  const output = execFileSync(process.execPath, ["use.mjs"], { cwd: folder, encoding: "utf8" });
  expect(output).toBe("function\n");
});

it("once built, is not among what npm run check looks at", async () => {
  const folder = await temporaryFolder();
  execFileSync(process.execPath, [build, join(folder, "clients/typescript")]);
  writeFileSync(join(folder, "tsconfig.json"), "{}");
  const root = join(import.meta.dirname, "../../..");
  const cruise = join(root, "node_modules/.bin/depcruise");
  const options = ["--config", join(root, ".dependency-cruiser.mjs"), "clients"];
  const { status, stdout } = spawnSync(process.execPath, [cruise, ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  expect({ status, stdout }).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("no dependency violations"),
  });
});
