import { once } from "node:events";
import { createServer } from "node:net";

// Below those that systems give to outgoing connections: one of them may come in between.
const [first, last] = [20_000, 32_000];

/** A port on this machine that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last - first));
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
