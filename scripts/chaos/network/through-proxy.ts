import { startTcpProxy, type TcpProxy } from "@clan-platform/service/testing/tcp-proxy.ts";
import type { Seen } from "../experiment.ts";
import { type Rig, type RigOptions, underLoad } from "../rig/under-load.ts";

/** `underLoad` with a network that can be spoiled between the service and PostgreSQL, or between clients and the service. */
export async function throughProxy(
  place: "before the database" | "before the service",
  fault: (rig: Rig & { proxy: TcpProxy }) => Promise<string | undefined>,
  options: RigOptions = {},
): Promise<Seen> {
  let proxy: TcpProxy | undefined;
  const through = async (url: string): Promise<string> => {
    const reached = new URL(url);
    proxy = await startTcpProxy(Number(reached.port));
    reached.port = String(proxy.port);
    return reached.href.replace(/\/$/, "");
  };
  const between: RigOptions =
    place === "before the database"
      ? { databaseUrl: ({ serviceUrl }) => through(serviceUrl) }
      : { serviceUrl: ({ url }) => through(url) };
  try {
    return await underLoad((rig) => fault({ ...rig, proxy: proxy as TcpProxy }), { ...options, ...between });
  } finally {
    await proxy?.close();
  }
}
