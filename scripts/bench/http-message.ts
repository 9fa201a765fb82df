export interface HttpRequest {
  method: string;
  path: string;
  body?: string;
}

/** The bytes of a request on a keep-alive connection. */
export function encode({ method, path, body }: HttpRequest): string {
  const head = `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n`;
  if (body === undefined) return `${head}\r\n`;
  const length = Buffer.byteLength(body);
  return `${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;
}

/** Whether that is all of an answer that has a `Content-Length`. */
export function isWhole(answer: string): boolean {
  const headEnd = answer.indexOf("\r\n\r\n");
  if (headEnd === -1) return false;
  const length = /^content-length: (\d+)/im.exec(answer)?.[1] ?? "0";
  return answer.length >= headEnd + 4 + Number(length);
}

export const statusOf = (answer: string): number => Number(answer.slice(9, 12));
