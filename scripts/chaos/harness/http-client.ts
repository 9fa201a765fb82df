import { Agent, type OutgoingHttpHeaders, request } from "node:http";

export interface HttpRequest {
  method?: string;
  path: string;
  headers?: OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Timeout; default: 30. */
  seconds?: number;
  agent?: Agent;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** No complete response came: the request may have been processed. */
export class NoResponse extends Error {
  override name = "NoResponse";

  /** False when the connection was refused, so that nothing was sent. */
  get wasSent(): boolean {
    return !(this.cause instanceof Error && "code" in this.cause && this.cause.code === "ECONNREFUSED");
  }
}

/** Shared keep-alive connections. */
const keepAlive = new Agent({ keepAlive: true });

/** Sends one request, without retries. @throws {NoResponse} */
export function sendRequest(url: string, options: HttpRequest): Promise<HttpResponse> {
  const { method = "GET", path, headers = {}, body, seconds = 30, agent = keepAlive } = options;
  return new Promise((resolve, reject) => {
    const lost = (cause: Error) => {
      clearTimeout(timer);
      reject(new NoResponse(`${method} ${path}: ${cause.message}`, { cause }));
    };
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    // Not as one URL, which would be normalised: the path is sent as it is.
    const { hostname, port } = new URL(url);
    const outgoing = request({ hostname, port, path, method, agent, headers: { ...length, ...headers } });
    const timer = setTimeout(
      () => outgoing.destroy(new Error(`no response within ${seconds} s`)),
      seconds * 1_000,
    );
    outgoing.on("error", lost).on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk) => chunks.push(chunk)).on("error", lost);
      response.on("end", () => {
        clearTimeout(timer);
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, text: Buffer.concat(chunks).toString("utf8") });
      });
    });
    outgoing.end(body);
  });
}
