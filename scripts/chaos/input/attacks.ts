import { gzipSync } from "node:zlib";
import type { RawRequest } from "../harness/raw-exchange.ts";
import type { BodyRoute } from "./body-routes.ts";

/** A hostile body, or hostile headers for a body. */
export interface Attack {
  name: string;
  /** Built from a valid body with the name `victim`; none of it may be stored. */
  request: (route: BodyRoute, victim: string) => RawRequest;
  /** Allowed statuses: of JSON routes, and of the import. With 200, nothing may be stored. */
  responses: [json: number[], imports: number[]];
  /** The connection may also be closed without a response: the client has gone, or there is no request. */
  mayBeClosed?: true;
}

const chunked = "transfer-encoding: chunked";
const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, "utf16le");
const brokenUtf8 = (text: string) => Buffer.from(text.replace(/"[^"]*"(?=[,}])/, '"\xff\xfe"'), "latin1");
const deep = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000);
const inFront = (body: string, fields: string) => body.replace("{", `{${fields},`);
const manyKeys = (count: number) => Array.from({ length: count }, (_, n) => `"k${n.toString(36)}":0`).join();
const millionKeys = manyKeys(1_000_000);
const hundredThousandKeys = manyKeys(100_000);

/** Attacks by complete bodies. */
const contents: Attack[] = [
  extra("arrays 10,000 deep", `"x":${deep("[", "]")}`),
  extra("objects 10,000 deep", `"x":${deep('{"":', "}").replace(":}", ":0}")}`),
  whole("10,000 unclosed arrays", () => "[".repeat(10_000)),
  extra("__proto__", '"__proto__":{"isAdmin":true}'),
  extra("__proto__ in escapes", '"__pr\\u006fto__":{"isAdmin":true}'),
  extra("constructor.prototype", '"constructor":{"prototype":{"isAdmin":true}}'),
  extra("a million keys", millionKeys),
  extra("a hundred thousand keys", hundredThousandKeys),
  extra("5,000 keys", manyKeys(5_000)),
  whole("invalid UTF-8", brokenUtf8),
  whole("UTF-16", utf16),
  whole("a NUL", (body) => body.replace(/"(victim[^"]*)"/, '"$1\\u0000"')),
  whole("half of a surrogate pair", (body) => body.replace(/"(victim[^"]*)"/, '"$1\\ud800"')),
  whole("invalid gzip", (body) => body, { "content-encoding": "gzip" }),
  whole("truncated gzip", (body) => gzipSync(body).subarray(0, -9), { "content-encoding": "gzip" }),
  whole("gzip with trailing bytes", (body) => Buffer.concat([gzipSync(body), Buffer.from("more")]), {
    "content-encoding": "gzip",
  }),
  whole("gzip in gzip", (body) => gzipSync(gzipSync(body)), { "content-encoding": "gzip" }),
  whole("another compression", (body) => body, { "content-encoding": "br" }),
  whole("another charset", (body) => body, { "content-type": "application/json; charset=utf-16" }),
  bomb("zeros", Buffer.alloc(2 ** 20), [413]),
  bomb("empty lines", Buffer.alloc(2 ** 20, "\n"), [413]),
  // Each line is read and rejected, up to 10,000.
  bomb("lines", Buffer.alloc(2 ** 20, `${"x".repeat(2 ** 15 - 1)}\n`), [413, 422, 503]),
];

/** Attacks by headers. */
const heads: Attack[] = [
  framed("Content-Length too small", (body) => `content-length: ${body.length - 30}`),
  framed("Content-Length too large", (body) => `content-length: ${body.length + 30}`, { ending: "end" }),
  framed("Content-Length of -1", () => "content-length: -1"),
  framed("Content-Length of 1e3", () => "content-length: 1e3"),
  framed("Content-Length twice", (body) => `content-length: ${body.length}\r\ncontent-length: 1`),
  framed("Content-Length and chunks", (body) => `content-length: ${body.length}\r\n${chunked}`),
  framed("Content-Length of a terabyte", () => `content-length: ${2 ** 40}`, { ending: "end" }),
  framed("headers of 20 KiB", (body) => `content-length: ${body.length}\r\nx: ${"x".repeat(20_000)}`),
  framed("2,000 headers", (body) => `content-length: ${body.length - 30}\r\n${"a:b\r\n".repeat(2_000)}c: d`),
];

/** Attacks by invalid chunks. */
const chunks: Attack[] = [
  framed("a chunk of size zz", () => chunked, { pieces: (body) => [`zz\r\n${body}\r\n0\r\n\r\n`] }),
  framed("a chunk of size -1", () => chunked, { pieces: (body) => [`-1\r\n${body}\r\n0\r\n\r\n`] }),
  framed("a chunk of 2^72 bytes", () => chunked, { pieces: (body) => [`${"f".repeat(18)}\r\n${body}`] }),
  framed("a chunk that is too long", () => chunked, { pieces: (body) => [`3\r\n${body}\r\n0\r\n\r\n`] }),
  framed("a truncated chunk", () => chunked, { pieces: (body) => [`fff\r\n${body}`], ending: "end" }),
  framed("no last chunk", () => chunked, { pieces: (body) => [inChunks(body)], ending: "end" }),
  framed("a chunk's extension of 64 KiB", () => chunked, {
    pieces: (body) => [`3;${"x".repeat(2 ** 16)}\r\n${body}`],
  }),
  framed("trailers of 64 KiB", () => chunked, {
    pieces: (body) => [inChunks(body.slice(0, -30)), `0\r\nx: ${"x".repeat(2 ** 16)}\r\n\r\n`],
  }),
];

/** Attacks by a connection that ends in the middle. */
const cuts: Attack[] = (["end", "break"] as const).map((ending) => {
  const half = (body: string) => [body.slice(0, body.length / 2)];
  const name = ending === "end" ? "a body cut in the middle" : "a connection reset in the middle";
  return framed(name, (body) => `content-length: ${body.length}`, { pieces: half, ending });
});

export const attacks: Attack[] = [...contents, ...heads, ...chunks, ...cuts];

/** A body that arrives one byte at a time, for longer than any timeout. */
export const drip: Attack = {
  name: "a dripping body",
  request: (route, victim) => {
    const body = route.body(victim);
    return {
      head: headOf(route, `content-length: ${body.length + 10_000}`),
      pieces: [body.slice(0, 20), ...Array<string>(10_000).fill(" ")],
      pauseMs: 200,
    };
  },
  responses: [[408], [408]],
};

const inChunks = (body: string) => `${body.length.toString(16)}\r\n${body}\r\n`;

function headOf({ method, path, type }: BodyRoute, framing: string): string {
  return `${method} ${path()} HTTP/1.1\r\nhost: clans\r\ncontent-type: ${type}\r\n${framing}\r\n\r\n`;
}

function whole(
  name: string,
  damage: (body: string) => string | Buffer,
  headers: Record<string, string> = {},
): Attack {
  return {
    name,
    request: (route, victim) => {
      const body = damage(route.body(victim));
      const all = { "content-type": route.type, ...headers, "content-length": Buffer.byteLength(body) };
      const lines = Object.entries(all).map(([header, value]) => `${header}: ${value}\r\n`);
      const head = `${route.method} ${route.path()} HTTP/1.1\r\nhost: clans\r\n${lines.join("")}\r\n`;
      return { head, pieces: [body] };
    },
    responses: [
      [400, 413, 415],
      [200, 400, 413, 415],
    ],
  };
}

/** Fields that there are none of. An import leaves them out, so its row is invalid in another way, too. */
function extra(name: string, fields: string): Attack {
  return whole(name, (body) => inFront(body, fields).replace(/("event_date":)"[^"]*"/, '$1"never"'));
}

function bomb(of: string, mebibyte: Buffer, imports: number[]): Attack {
  const packed = gzipSync(Buffer.concat(Array(300).fill(mebibyte)), { level: 1 });
  const attack = whole(`a gzip bomb of ${of}`, () => packed, { "content-encoding": "gzip" });
  return { ...attack, responses: [[413, 415], imports] };
}

interface Framing {
  pieces?: (body: string) => string[];
  ending?: RawRequest["ending"];
}

function framed(name: string, framing: (body: string) => string, rest: Framing = {}): Attack {
  const { pieces = (body) => [body], ending = "wait" } = rest;
  return {
    name,
    request: (route, victim) => {
      const body = route.body(victim);
      return { head: headOf(route, framing(body)), pieces: pieces(body), ending };
    },
    responses: [
      [400, 413, 431],
      [200, 400, 413, 431],
    ],
    ...(ending !== "wait" && { mayBeClosed: true as const }),
  };
}
