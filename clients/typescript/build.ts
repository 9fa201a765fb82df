import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const folder = import.meta.dirname;
const out = join(process.argv[2] ?? folder, "dist");

// `npm run build -w clients/typescript`: writes the package as it is published, in JavaScript, to `dist`.
rmSync(out, { recursive: true, force: true });
const typescript = createRequire(import.meta.url).resolve("typescript-7/package.json");
execFileSync(
  process.execPath,
  [join(typescript, "../bin/tsc"), "-p", join(folder, "tsconfig.build.json"), "--outDir", out],
  { stdio: "inherit" },
);
const {
  private: _,
  scripts,
  devDependencies,
  ...manifest
} = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
manifest.exports = { ".": { types: "./index.d.ts", default: "./index.js" } };
writeFileSync(join(out, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
copyFileSync(join(folder, "README.md"), join(out, "README.md"));
