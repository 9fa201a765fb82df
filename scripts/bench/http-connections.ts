import { connect, type Socket } from "node:net";
import { encode, type HttpRequest, isWhole, statusOf } from "./http-message.ts";

/** Sends requests over at most `max` keep-alive connections, one at a time on each; those beyond wait here. */
export class HttpConnections {
  readonly #port: number;
  #unopened: number;
  readonly #idle: Socket[] = [];
  readonly #waiting: ((socket: Socket) => void)[] = [];

  constructor(port: number, max: number) {
    this.#port = port;
    this.#unopened = max;
  }

  /** Resolves with the status of the answer; 0 when the connection is lost before it has come. */
  async send(request: HttpRequest): Promise<number> {
    const socket = await this.#take();
    const status = await answerTo(request, socket);
    // Another takes the place of one that was lost.
    this.#giveBack(status === 0 ? this.#open() : socket);
    return status;
  }

  #take(): Socket | Promise<Socket> {
    const idle = this.#idle.pop();
    if (idle) return idle;
    if (this.#unopened === 0) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#unopened--;
    return this.#open();
  }

  #giveBack(socket: Socket): void {
    const next = this.#waiting.shift();
    if (next) next(socket);
    else this.#idle.push(socket);
  }

  #open(): Socket {
    const socket = connect({ port: this.#port, host: "127.0.0.1", noDelay: true }).setEncoding("latin1");
    // After an error, it is closed as well, which is noticed.
    return socket.on("error", () => {});
  }
}

function answerTo(request: HttpRequest, socket: Socket): Promise<number> {
  return new Promise((resolve) => {
    let answer = "";
    const done = (status: number) => {
      socket.removeAllListeners("data").removeAllListeners("close");
      resolve(status);
    };
    socket.on("close", () => done(0));
    socket.on("data", (chunk: string) => {
      answer += chunk;
      if (isWhole(answer)) done(statusOf(answer));
    });
    socket.write(encode(request));
  });
}
