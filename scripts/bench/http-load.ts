import { connect } from "node:net";
import { encode, type HttpRequest, isWhole, statusOf } from "./http-message.ts";

export interface Load {
  connections: number;
  seconds: number;
  /** Gets the latency of each response, in ms, and its status. */
  onAnswer?: (ms: number, status: number) => void;
  /** Other statuses than 2xx that are no error. */
  expected?: number[];
}

/**
 * Sends requests over `connections` keep-alive connections for `seconds`, one at a time on each, and returns the
 * responses per second. Takes a third of the CPU time of a full HTTP client: on two cores, the load generator would otherwise be
 * measured as well.
 * @throws when a response is neither 2xx nor `expected`
 */
export async function loadHttp(
  port: number,
  next: () => HttpRequest,
  { connections, seconds, onAnswer, expected = [] }: Load,
): Promise<number> {
  let count = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + seconds * 1_000;
  const client = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect({ port, host: "127.0.0.1", noDelay: true });
      let answer = "";
      let sentAt = 0;
      const send = () => {
        sentAt = performance.now();
        socket.write(encode(next()));
      };
      socket.setEncoding("latin1").on("connect", send).on("error", reject);
      socket.on("data", (chunk: string) => {
        answer += chunk;
        if (!isWhole(answer)) return;
        const status = statusOf(answer);
        if ((status < 200 || status > 299) && !expected.includes(status))
          reject(new Error(`answered with ${answer.slice(0, answer.indexOf("\r"))}`));
        answer = "";
        count++;
        onAnswer?.(performance.now() - sentAt, status);
        if (performance.now() < endsAt) return void send();
        socket.destroy();
        resolve();
      });
    });
  await Promise.all(Array.from({ length: connections }, client));
  return count / ((performance.now() - startedAt) / 1_000);
}
