import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

export type Direction = "toServer" | "toClient";

/** One connection of a client, and the one that was opened for it to the server. */
export interface Proxied {
  client: Socket;
  server: Socket;
  /** From now on nothing passes, not even an end, and nothing is closed: both sides believe in it. */
  fallSilent(): void;
  /** Breaks it for both, at once. */
  cut(): void;
}

/** A network between a client and a server that can be spoiled while it runs. */
export interface TcpProxy {
  port: number;
  /** How much later bytes arrive, in ms. */
  delayMs: Record<Direction, number>;
  /** Bytes arrive one by one. */
  isSliced: boolean;
  /** New connections are taken, and silent from the start. */
  isBlackHole: boolean;
  /** Sees bytes before they are passed on. What it cuts or silences does not get them. */
  onBytes: (bytes: Buffer, direction: Direction, connection: Proxied) => void;
  connections: Set<Proxied>;
  close(): Promise<void>;
}

/** Starts one on a free port of 127.0.0.1, in front of another port there. */
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
    // What follows waits for what came before it, so that a shorter delay overtakes nothing.
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
    // Heard by the other side as what it is.
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
