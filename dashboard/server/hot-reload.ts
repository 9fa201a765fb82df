import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { localHost } from "@clan-platform/contract/local-host.ts";
import { explainListenError } from "@clan-platform/contract/port-error.ts";
import { buildDashboard } from "./app.ts";
import type { Source } from "./source.ts";

const workspace = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/**
 * Serves the dashboard on localhost for those who change it: the page comes from its sources, and the browser is updated when one is
 * saved.
 * @throws {PortError} when the port is taken or needs more rights
 */
export async function serveWithHotReload(source: Source, port: number): Promise<void> {
  const vite = await import("vite");
  const api = await buildDashboard({ source });
  await api.ready();
  const server = createServer((request, response) =>
    request.url?.startsWith("/api/") ? api.routing(request, response) : page.middlewares(request, response),
  );
  const page = await vite.createServer({
    root: workspace("page"),
    cacheDir: workspace("../node_modules/.cache/clan-vite"),
    configFile: false,
    envDir: false,
    logLevel: "warn",
    server: { middlewareMode: true, hmr: { server } },
  });
  server.listen({ host: await localHost(), port });
  await once(server, "listening").catch((error) => {
    throw explainListenError(error, port, "DASHBOARD_PORT");
  });
}
