import { randomInt } from "node:crypto";
import getPort, { portNumbers } from "get-port";

// Below the ephemeral ports (from 32768 on Linux): the system could give one of those to an outgoing connection before it is used.
const [first, last] = [20_000, 32_000];

/** Returns a port on which nothing listens, and which this process will not return again for a while. */
export function freePort(): Promise<number> {
  // From a random one on, so that two runs at the same time seldom choose the same.
  return getPort({ port: portNumbers(randomInt(first, last), last), host: "127.0.0.1" });
}
