import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { localHost } from "@clan-platform/contract/local-host.ts";
import { explainListenError } from "@clan-platform/contract/port-error.ts";

/**
 * Returns the port when it is free, and any free one for 0: for a server in another process, which would say only in its log why it
 * can't listen.
 * @throws {PortError} naming the variable that sets it
 */
export async function claimPort(port: number, variable: string): Promise<number> {
  const server = createServer();
  try {
    server.listen({ host: await localHost(), port });
    await once(server, "listening");
  } catch (error) {
    throw explainListenError(error, port, variable);
  }
  const { port: claimed } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return claimed;
}
