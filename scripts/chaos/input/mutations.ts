import fc from "fast-check";
import type { Generated } from "./valid-requests.ts";

/** Values that a mutation inserts; `n` chooses where. */
interface Odd {
  n: number;
  text: string;
  value: unknown;
  token: string;
}

type Mutation = (request: Generated, odd: Odd) => Partial<Generated>;

const names = [
  "",
  "__proto__",
  "constructor",
  "page_size",
  "page_token",
  "user_id",
  "name",
  "x[y]",
  "toString",
];
const texts = [
  "",
  " ",
  "\0",
  "\ud800",
  "..",
  "a/b",
  "%",
  "null",
  "0",
  "-1",
  "NaN",
  "2015-02-30",
  "0000-01-01",
];
const values = [null, true, -1, 0.5, 2 ** 31, 1e308, [], {}, [[]], "NaN", "Infinity", "9".repeat(400)];
const tokens = [
  "-0",
  "1e308",
  "1e400",
  "1e-400",
  "0.1e-37",
  "NaN",
  "01",
  "+1",
  "1.",
  "9".repeat(16),
  "1e999999",
];
const types = [
  "text/plain",
  "application/json; charset=latin1",
  "application/json;charset=utf-8",
  "text/csv",
  "",
];
// The router does not know PROPFIND.
const methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "PROPFIND"];
const segments = [
  "%zz",
  "%ff",
  "%2F",
  "%2e%2e",
  ";a=b",
  "x".repeat(1_100),
  "%F0%9F%98%80".repeat(128),
  "search",
];

const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T;
const latin = (text: string) => text.replace(/[^\x20-\x7e\xa1-\xff]/g, "?");

const mutations: Mutation[] = [
  (request, odd) => inJson(request, odd, (parent, key) => Object.assign(parent, { [key]: odd.value })),
  (request, odd) => inJson(request, odd, (parent, key) => Object.assign(parent, { [key]: odd.text })),
  (request, odd) => inJson(request, odd, (parent, key) => Reflect.deleteProperty(parent, key)),
  (request, odd) =>
    inJson(request, odd, (parent) => Object.defineProperty(parent, odd.text, { value: 1, enumerable: true })),
  ({ body }, { n, token }) => {
    const text = String(body ?? "");
    const numbers = [...text.matchAll(/(?<=[:,])-?\d+(\.\d+)?(?=[,}])/g)];
    if (numbers.length === 0) return { body: token };
    const { 0: found, index } = pick(numbers, n);
    return { body: text.slice(0, index) + token + text.slice(index + found.length) };
  },
  ({ body }, { n }) => ({
    body: Buffer.from(body ?? "{}").subarray(0, n % (Buffer.byteLength(body ?? "{}") + 1)),
  }),
  ({ body }, { n }) => {
    const bytes = Buffer.from(body ?? "{}");
    if (bytes.length > 0) bytes[n % bytes.length] = n >> 8;
    return { body: bytes };
  },
  ({ headers }, { n }) => ({ headers: { ...headers, "content-type": pick(types, n) } }),
  ({ headers }, { n }) => ({
    headers: { ...headers, "content-encoding": pick(["gzip", "br", "identity", ""], n) },
  }),
  ({ headers }, { text }) => ({ headers: { ...headers, "idempotency-key": latin(text) } }),
  ({ headers }, { n, text }) => {
    const odd = [
      "accept",
      "x-request-id",
      "authorization",
      "x-forwarded-for",
      "traceparent",
      "x-cloud-trace-context",
    ];
    return { headers: { ...headers, [pick(odd, n)]: latin(text) } };
  },
  ({ query }, { n, text }) => {
    const changed = query.map((each): [string, string] => [...each]);
    if (changed.length > 0) pick(changed, n)[1] = text;
    return { query: changed };
  },
  ({ query }, { n, text }) => ({ query: [...query, [pick(names, n), text]] }),
  ({ query }) => ({ query: [...query, ...query] }),
  ({ path }, { n, text }) => ({ path: replaceSegment(path, n, encodeURIComponent(text.toWellFormed())) }),
  ({ path }, { n }) => ({ path: replaceSegment(path, n, pick(segments, n)) }),
  ({ path }, { n }) => ({
    path: pick([`${path}/`, `/${path}`, path.toUpperCase(), `${path}?%ff`, `${path}?%`], n),
  }),
  (_, { n }) => ({ method: pick(methods, n) }),
];

/** A valid request with one mutation. */
export function mutated(valid: fc.Arbitrary<Generated>): fc.Arbitrary<Generated> {
  const odd = fc.record({
    n: fc.nat(),
    text: fc.oneof(fc.constantFrom(...texts, ...names), fc.string({ unit: "binary", maxLength: 300 })),
    value: fc.oneof(fc.constantFrom(...values), fc.jsonValue()),
    token: fc.constantFrom(...tokens),
  });
  return fc
    .tuple(valid, fc.constantFrom(...mutations), odd)
    .map(([request, mutate, odd]) => ({ ...request, ...mutate(request, odd), isValid: false }));
}

const replaceSegment = (path: string, n: number, segment: string) => {
  const parts = path.split("/");
  parts[1 + (n % (parts.length - 1))] = segment;
  return parts.join("/");
};

/** Changes one field of the body, at any depth. */
function inJson(
  { body }: Generated,
  { n }: Odd,
  change: (parent: object, key: string) => unknown,
): Partial<Generated> {
  let root: unknown;
  try {
    root = JSON.parse(String(body));
  } catch {
    return { body: "{}" };
  }
  const places: [parent: object, key: string][] = [];
  const collect = (value: unknown) => {
    if (typeof value !== "object" || value === null) return;
    for (const [key, below] of Object.entries(value)) {
      places.push([value, key]);
      collect(below);
    }
  };
  collect(root);
  if (places.length > 0) change(...pick(places, n));
  return { body: JSON.stringify(root) };
}
