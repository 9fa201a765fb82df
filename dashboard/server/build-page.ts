import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const sources = fileURLToPath(new URL("../page", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/clan-dashboard", import.meta.url));

/**
 * The folder of the built page, in `node_modules/.cache`. It is built when its sources, or the libraries they use, are
 * others than at the last time.
 */
export async function buildPage(): Promise<string> {
  const built = join(cache, digestOfSources());
  if (existsSync(built)) return built;
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, "building-"));
  try {
    await build(outDir);
    putInPlace(outDir, built);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  return built;
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  for (const name of globSync("**/*.{html,css,svg,ts}", { cwd: sources }).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(sources, name)));
  }
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  const { resolve } = createRequire(import.meta.url);
  for (const library of ["vite", "echarts"]) hash.update(readFileSync(resolve(`${library}/package.json`)));
  return hash.digest("hex").slice(0, 16);
}

async function build(outDir: string): Promise<void> {
  // Vite takes a moment to import, which a page that is built already need not wait for.
  const vite = await import("vite");
  await vite.build({
    root: sources,
    configFile: false,
    envDir: false,
    logLevel: "error",
    plugins: [preloadCharts],
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      // The content security policy takes files, and nothing inside the page.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1_000,
    },
  });
}

/** Has the browser fetch the large part of the page beside the small one that asks for it. */
const preloadCharts: Plugin = {
  name: "preload-charts",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle = {} }) =>
      Object.values(bundle)
        .filter((file) => file.type === "chunk" && file.isDynamicEntry)
        .map(({ fileName }) => ({
          tag: "link",
          attrs: { rel: "modulepreload", crossorigin: true, href: `/${fileName}` },
        })),
  },
};

/** Two that start at the same moment build the same, and the second finds its place taken. */
function putInPlace(outDir: string, built: string): void {
  try {
    renameSync(outDir, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
  }
}
