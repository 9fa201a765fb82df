import { startTcpProxy, type TcpProxy } from "../../testkit/tcp-proxy.ts";
import type { Seen } from "../experiment.ts";
import { type Rig, type RigOptions, underLoad } from "../rig/under-load.ts";

export interface Networks {
  /** Between the service and PostgreSQL. */
  database: TcpProxy;
  /** Between the clients of the load and the service. */
  clients: TcpProxy;
}

/** `underLoad` with networks that can be spoiled. */
export async function throughProxies(
  fault: (networks: Networks, rig: Rig) => Promise<string | undefined>,
  options: RigOptions = {},
): Promise<Seen> {
  const networks: Partial<Networks> = {};
  const through = async (place: keyof Networks, url: string): Promise<string> => {
    const reached = new URL(url);
    const proxy = await startTcpProxy(Number(reached.port));
    networks[place] = proxy;
    reached.port = String(proxy.port);
    return reached.href.replace(/\/$/, "");
  };
  try {
    return await underLoad((rig) => fault(networks as Networks, rig), {
      ...options,
      databaseUrl: ({ serviceUrl }) => through("database", serviceUrl),
      serviceUrl: ({ url }) => through("clients", url),
    });
  } finally {
    await networks.database?.close();
    await networks.clients?.close();
  }
}
