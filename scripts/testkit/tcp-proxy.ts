import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

export type Direction = "toServer" | "toClient";

/** A client's connection, and the proxy's connection to the server for it. */
export interface Proxied {
  client: Socket;
  server: Socket;
  /** Drops everything from now on, including the end of the connection: both sides consider it open. */
  fallSilent(): void;
  /** Resets both sides at once. */
  cut(): void;
}

/** A proxy between clients and a server that injects network faults. */
export interface TcpProxy {
  port: number;
  /** Added latency, in ms. */
  delayMs: Record<Direction, number>;
  /** Delivers every byte separately. */
  isSliced: boolean;
  /** Accepts new connections, but drops all of their bytes. */
  isBlackHole: boolean;
  /** Called before bytes are forwarded; not forwarded when it cuts or silences the connection. */
  onBytes: (bytes: Buffer, direction: Direction, connection: Proxied) => void;
  connections: Set<Proxied>;
  close(): Promise<void>;
}

/** Starts a proxy on a free port of 127.0.0.1, in front of another port of it. */
export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const server = connect({ port: serverPort, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    proxied(proxy, client, server);
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const proxy: TcpProxy = {
    port: (listener.address() as AddressInfo).port,
    delayMs: { toServer: 0, toClient: 0 },
    isSliced: false,
    isBlackHole: false,
    onBytes: () => {},
    connections: new Set(),
    async close() {
      const closed = once(listener, "close");
      listener.close();
      for (const connection of proxy.connections) connection.cut();
      await closed;
    },
  };
  return proxy;
}

function proxied(proxy: TcpProxy, client: Socket, server: Socket): void {
  let isSilent = proxy.isBlackHole;
  const connection: Proxied = {
    client,
    server,
    fallSilent() {
      isSilent = true;
    },
    cut() {
      for (const socket of [client, server]) socket.resetAndDestroy();
    },
  };
  proxy.connections.add(connection);

  pass("toServer", client, server);
  pass("toClient", server, client);

  function pass(direction: Direction, from: Socket, to: Socket): void {
    // Keeps the order when the delay becomes shorter.
    let last: Promise<unknown> = Promise.resolve();
    const later = (act: () => unknown) => {
      const arrived = delay(proxy.delayMs[direction]);
      last = last.then(() => arrived).then(() => (isSilent ? undefined : act()));
    };
    from.on("data", (bytes: Buffer) => {
      if (!isSilent) proxy.onBytes(bytes, direction, connection);
      later(() => (proxy.isSliced ? writeSliced(to, bytes) : to.writable && to.write(bytes)));
    });
    from.on("end", () => later(() => to.end()));
    // An error of one side resets the other.
    from.on("error", () => later(() => to.resetAndDestroy()));
    from.on("close", () => {
      if (to.destroyed) proxy.connections.delete(connection);
    });
  }
}

async function writeSliced(to: Socket, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && to.writable; at++) {
    to.write(bytes.subarray(at, at + 1));
    await nextTurn();
  }
}
