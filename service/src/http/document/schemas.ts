import type { JsonObject } from "./json-object.ts";
import { isObject } from "./json-object.ts";

const prefix = "#/components/schemas/";

/**
 * Brings the schemas of a document into the form that code generators read best: one schema per name, nullable types as
 * `type: [string, "null"]`, and answers that may get more properties.
 * @throws when a request and an answer use different schemas of one name
 */
export function tidySchemas(document: JsonObject): JsonObject {
  const { schemas, ...components } = document.components as { schemas: JsonObject };
  const tidied = tidy({ ...document, components }) as JsonObject;
  const all = tidy(schemas) as Record<string, JsonObject>;
  const used = reachableFrom(tidied.paths, all);
  const named: JsonObject = {};
  for (const [name, schema] of Object.entries(all).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    if (!used.has(name)) continue;
    const plain = plainName(name, all);
    if (plain in named)
      throw new Error(`${plain} is in requests and in answers: give each a name of its own.`);
    named[plain] = name === plain ? openEnded(schema) : schema;
  }
  const withPlainRefs = (value: unknown) =>
    mapObjects(value, (each) => {
      const name = refOf(each);
      return name === undefined ? each : { ...each, $ref: prefix + plainName(name, all) };
    });
  return withPlainRefs({
    ...tidied,
    paths: withOpenAnswers(tidied.paths),
    components: { ...(tidied.components as object), schemas: named },
  }) as JsonObject;
}

/** The type provider makes two schemas of each name, `Clan` for answers and `ClanInput` for requests. */
const plainName = (name: string, all: JsonObject) => {
  const plain = name.replace(/Input$/, "");
  return plain in all ? plain : name;
};

const tidy = (value: unknown) =>
  mapObjects(value, (schema) => withExamples(withoutNoise(mergeNull(oneType(schema)))));

/** Where a schema's metadata declares the type, it takes others as a courtesy. */
function oneType({ anyOf, ...schema }: JsonObject): JsonObject {
  return anyOf === undefined || schema.type !== undefined ? schema : { ...schema, anyOf };
}

/** `{anyOf: [{type: "string"}, {type: "null"}]}` is `{type: ["string", "null"]}`. */
function mergeNull(schema: JsonObject): JsonObject {
  if (!Array.isArray(schema.anyOf) || schema.anyOf.length !== 2) return schema;
  const { anyOf, ...rest } = schema as { anyOf: JsonObject[] };
  const other = anyOf.find(({ type }) => typeof type === "string" && type !== "null");
  const hasNull = anyOf.some(({ type }) => type === "null");
  return other && hasNull ? { ...other, ...rest, type: [other.type, "null"] } : schema;
}

/** That an integer is one that a double holds goes without saying. */
function withoutNoise(schema: JsonObject): JsonObject {
  const { minimum, maximum, ...rest } = schema;
  return {
    ...rest,
    ...(minimum !== undefined && minimum !== Number.MIN_SAFE_INTEGER && { minimum }),
    ...(maximum !== undefined && maximum !== Number.MAX_SAFE_INTEGER && { maximum }),
  };
}

/** From a schema that also converts its input, zod takes `examples` away. */
function withExamples({ "x-example": example, ...schema }: JsonObject): JsonObject {
  return example === undefined ? schema : { ...schema, examples: [example] };
}

/** Strict clients would otherwise refuse the answers of a later version. */
const openEnded = (value: unknown) =>
  mapObjects(value, ({ additionalProperties, ...schema }) =>
    additionalProperties === undefined || additionalProperties === false
      ? schema
      : { ...schema, additionalProperties },
  );

function withOpenAnswers(paths: unknown): unknown {
  return mapObjects(paths, (each) =>
    isObject(each.responses) ? { ...each, responses: openEnded(each.responses) } : each,
  );
}

function reachableFrom(value: unknown, schemas: JsonObject, reached = new Set<string>()): Set<string> {
  mapObjects(value, (each) => {
    const name = refOf(each);
    if (name !== undefined && !reached.has(name)) {
      reached.add(name);
      reachableFrom(schemas[name], schemas, reached);
    }
    return each;
  });
  return reached;
}

function refOf({ $ref }: JsonObject): string | undefined {
  return typeof $ref === "string" && $ref.startsWith(prefix) ? $ref.slice(prefix.length) : undefined;
}

/** The value with every object in it replaced, inner ones first. */
function mapObjects(value: unknown, replace: (object: JsonObject) => JsonObject): unknown {
  if (Array.isArray(value)) return value.map((each) => mapObjects(each, replace));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, each]) => [key, mapObjects(each, replace)]);
  return replace(Object.fromEntries(entries));
}
