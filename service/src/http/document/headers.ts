import { isObject, type JsonObject } from "./json-object.ts";

const text = (description: string, example: string) => ({
  description,
  schema: { type: "string" },
  example,
});

/** The headers of answers, by their names. */
const headers = {
  "X-Request-Id": text(
    "The id under which the logs have this request",
    "d10bfb87-1eb9-4e92-9a48-381cfc547e44",
  ),
  RateLimit: text("Requests that are left, and seconds until there are more", '"default";r=5999;t=60'),
  "RateLimit-Policy": text("Requests per window, and its seconds", '"default";q=6000;w=60'),
  "Retry-After": {
    description: "Seconds to wait before the next attempt",
    schema: { type: "integer", minimum: 0 },
    example: 2,
  },
  Location: text("The path of what was created", "/clans/2f0cf3de-8f4b-4d5c-9c2a-0d8f0f1f3c55"),
  ETag: text("The version of the answer, for If-None-Match and If-Match", '"JCj9Z5fYzGPr5l3pYZGqDg"'),
  "Cache-Control": text("no-cache: to be asked for again; no-store: not to be kept", "no-cache"),
  "WWW-Authenticate": text("How to authenticate", 'Bearer realm="clan-service"'),
  "Idempotency-Replayed": {
    description: "Sent when this is the stored answer to an earlier request with the same Idempotency-Key",
    schema: { type: "string", enum: ["true"] },
  },
};
type Header = keyof typeof headers;

interface Operation {
  parameters?: { name: string }[];
  responses: Record<string, JsonObject>;
}

/** Adds to each answer the headers that come with it. */
export function describeHeaders(document: JsonObject): JsonObject {
  const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>);
  const described = paths.map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, operation]) => [method, withHeaders(operation)]);
    return [path, Object.fromEntries(operations)];
  });
  const components = isObject(document.components) ? document.components : {};
  return { ...document, paths: Object.fromEntries(described), components: { ...components, headers } };
}

function withHeaders(operation: Operation): Operation {
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const names = headersOf(operation, Number(status));
    const refs = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
    return [status, { ...response, headers: Object.fromEntries(refs) }];
  });
  return { ...operation, responses: Object.fromEntries(responses) };
}

function headersOf({ parameters = [], responses }: Operation, status: number): Header[] {
  const isReplayable = parameters.some(({ name }) => name === "idempotency-key");
  const isConditional = parameters.some(({ name }) => name === "if-match");
  const names: [Header, boolean][] = [
    ["X-Request-Id", true],
    // Health checks are not counted, and never answered 429.
    ["RateLimit", "429" in responses],
    ["RateLimit-Policy", "429" in responses],
    ["Retry-After", [409, 429, 503].includes(status)],
    ["Location", status === 201],
    ["ETag", ("304" in responses || isConditional) && (status === 200 || status === 304)],
    ["Cache-Control", true],
    ["WWW-Authenticate", status === 401 || status === 403],
    ["Idempotency-Replayed", isReplayable && (status < 300 || status === 409)],
  ];
  return names.filter(([, isSent]) => isSent).map(([name]) => name);
}
