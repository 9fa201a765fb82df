import { Agent, type OutgoingHttpHeaders, request } from "node:http";

export interface Question {
  method?: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** After which it is given up. */
  seconds?: number;
  agent?: Agent;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** No answer came, or not a whole one: what was asked for may have been done. */
export class NoAnswer extends Error {
  override name = "NoAnswer";

  /** False when nobody listened, so that nothing was asked. */
  get wasSent(): boolean {
    return !(this.cause instanceof Error && "code" in this.cause && this.cause.code === "ECONNREFUSED");
  }
}

/** Connections that are kept, as many as there are clients. */
export const keepAlive = new Agent({ keepAlive: true });

/** One request, never repeated by itself. @throws {NoAnswer} */
export function ask(url: string, question: Question): Promise<Answer> {
  const { method = "GET", path, headers = {}, body, seconds = 30, agent = keepAlive } = question;
  return new Promise((resolve, reject) => {
    const lost = (cause: Error) => {
      clearTimeout(timer);
      reject(new NoAnswer(`${method} ${path}: ${cause.message}`, { cause }));
    };
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    // Not as one URL, which would be put in order: a path goes out as it stands.
    const { hostname, port } = new URL(url);
    const asked = request({ hostname, port, path, method, agent, headers: { ...length, ...headers } });
    const timer = setTimeout(() => asked.destroy(new Error(`nothing came in ${seconds} s`)), seconds * 1_000);
    asked.on("error", lost).on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk)).on("error", lost);
      response.on("end", () => {
        clearTimeout(timer);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    asked.end(body);
  });
}
