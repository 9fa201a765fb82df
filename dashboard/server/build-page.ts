import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const workspace = fileURLToPath(new URL("..", import.meta.url));
const cache = fileURLToPath(new URL("../../node_modules/.cache/clan-dashboard", import.meta.url));

/**
 * Builds the page and returns its folder, in `node_modules/.cache`. Builds nothing if neither the sources nor the
 * libraries have changed since the last build.
 */
export async function buildPage(): Promise<string> {
  const built = join(cache, digestOfSources());
  if (existsSync(built)) return built;
  mkdirSync(cache, { recursive: true });
  const outDir = mkdtempSync(join(cache, "building-"));
  try {
    await build(outDir);
    publish(outDir, built);
  } finally {
    rmSync(outDir, { recursive: true, force: true });
  }
  return built;
}

function digestOfSources(): string {
  const hash = createHash("sha256");
  // In addition to the page's folder, the modules at the top of the workspace, which it shares with the server.
  for (const name of globSync("{*,page/**/*}.{html,css,svg,ts,tsx}", { cwd: workspace }).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(workspace, name)));
  }
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  const { resolve } = createRequire(import.meta.url);
  for (const library of ["vite", "echarts", "preact"])
    hash.update(readFileSync(resolve(`${library}/package.json`)));
  return hash.digest("hex").slice(0, 16);
}

async function build(outDir: string): Promise<void> {
  // Imported here because Vite takes a moment to load, which a page that is already built need not wait for.
  const vite = await import("vite");
  await vite.build({
    root: join(workspace, "page"),
    configFile: false,
    envDir: false,
    logLevel: "error",
    plugins: [preloadCharts],
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2022",
      // The content security policy allows files, and nothing inline.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 1_000,
    },
  });
}

/** Lets the browser fetch the large chunk of the page in parallel with the small one that imports it. */
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

/** Moves the build to its place, unless another process that started at the same time has already done so. */
function publish(outDir: string, built: string): void {
  try {
    renameSync(outDir, built);
  } catch (error) {
    if (!existsSync(built)) throw error;
  }
}
