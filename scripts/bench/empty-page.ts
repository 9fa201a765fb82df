import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compressOptions } from "@clan-platform/dashboard/server/compression.ts";
import compress from "@fastify/compress";
import serveFiles from "@fastify/static";
import { fastify } from "fastify";
import { build } from "vite";

const library = fileURLToPath(import.meta.resolve("@clan-platform/dashboard/page/charts/library.ts"));
const html = `<!doctype html><title>Empty</title><div id="place"></div><script type="module" src="./main.js"></script>`;
const main = `import { init } from ${JSON.stringify(library)};
const element = document.createElement("div");
document.body.append(element);
element.style.height = "270px";
init(element).setOption({ xAxis: {}, yAxis: {}, series: [] });
performance.mark("drawn");
document.documentElement.dataset.drawn = "yes";
`;

/** Serves a page that loads the dashboard's chart library and draws one empty chart; built and served like the dashboard. */
export async function serveEmptyPage(folder: string): Promise<{ address: string; stop(): Promise<void> }> {
  const [root, outDir] = [join(folder, "empty"), join(folder, "empty-built")];
  mkdirSync(root);
  writeFileSync(join(root, "index.html"), html);
  writeFileSync(join(root, "main.js"), main);
  await build({
    root,
    configFile: false,
    envDir: false,
    logLevel: "error",
    build: { outDir, target: "es2022" },
  });
  const app = fastify({ forceCloseConnections: true });
  await app.register(compress, compressOptions);
  await app.register(serveFiles, { root: outDir });
  const address = await app.listen({ host: "localhost", port: 0 });
  return { address, stop: () => app.close() };
}
