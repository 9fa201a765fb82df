import { startTcpProxy, type TcpProxy } from "../../testkit/tcp-proxy.ts";
import type { Observation } from "../experiment.ts";
import { type Harness, type HarnessOptions, underLoad } from "../harness/under-load.ts";

export interface Networks {
  /** Between the service and PostgreSQL. */
  database: TcpProxy;
  /** Between the clients of the load and the service. */
  clients: TcpProxy;
}

/** `underLoad` with proxies for network faults. */
export async function throughProxies(
  fault: (networks: Networks, harness: Harness) => Promise<string | undefined>,
  options: HarnessOptions = {},
): Promise<Observation> {
  const networks: Partial<Networks> = {};
  const through = async (place: keyof Networks, url: string): Promise<string> => {
    const reached = new URL(url);
    const proxy = await startTcpProxy(Number(reached.port));
    networks[place] = proxy;
    reached.port = String(proxy.port);
    return reached.href.replace(/\/$/, "");
  };
  try {
    return await underLoad((harness) => fault(networks as Networks, harness), {
      ...options,
      databaseUrl: ({ serviceUrl }) => through("database", serviceUrl),
      serviceUrl: ({ url }) => through("clients", url),
    });
  } finally {
    await networks.database?.close();
    await networks.clients?.close();
  }
}
