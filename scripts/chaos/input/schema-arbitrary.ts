import fc from "fast-check";

/** The part of JSON Schema that the service's OpenAPI document uses. */
export interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  not?: Schema;
  const?: unknown;
  enum?: unknown[];
  type?: string | string[];
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMaximum?: number;
  items?: Schema;
  maxItems?: number;
  minItems?: number;
  properties?: Record<string, Schema>;
  required?: string[];
}
export type Schemas = Record<string, Schema>;

/** An arbitrary for the values that a schema allows. @throws for an unsupported schema, so that none is skipped */
export function arbitraryOf(schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  if (schema.$ref) {
    const named = schemas[schema.$ref.replace("#/components/schemas/", "")];
    if (!named) throw new Error(`The document lacks ${schema.$ref}.`);
    return arbitraryOf(named, schemas);
  }
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map((each) => arbitraryOf(each, schemas)));
  if (schema.enum) return fc.constantFrom(...schema.enum);
  return fc.oneof(...[schema.type ?? []].flat().map((type) => ofType(type, schema, schemas)));
}

function ofType(type: string, schema: Schema, schemas: Schemas): fc.Arbitrary<unknown> {
  if (type === "null") return fc.constant(null);
  if (type === "boolean") return fc.boolean();
  if (type === "string") return text(schema);
  if (type === "integer") return fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 });
  if (type === "number") {
    // Few decimal places: their limit is only described in prose.
    const most = Math.min(schema.exclusiveMaximum ?? 1e9, 1e9);
    return fc.integer({ min: schema.minimum ?? 0, max: most }).map((n) => n / 100);
  }
  if (type === "array") {
    const { items = {}, minItems: minLength = 0, maxItems = 5 } = schema;
    return fc.array(arbitraryOf(items, schemas), { minLength, maxLength: Math.min(maxItems, 5) });
  }
  if (type === "object") {
    const { properties = {}, required = [] } = schema;
    const fields = Object.entries(properties).map(([name, each]) => [name, arbitraryOf(each, schemas)]);
    return fc.record<Record<string, unknown>>(Object.fromEntries(fields), {
      requiredKeys: required,
      noNullPrototype: true,
    });
  }
  throw new Error(`Unsupported schema ${JSON.stringify(schema)}.`);
}

function text({ format, pattern, minLength, maxLength, not }: Schema): fc.Arbitrary<string> {
  if (format === "uuid") return fc.uuid();
  // The range of days is only described in prose.
  if (format === "date") {
    const [min, max] = [new Date("2015-01-01"), new Date()];
    return fc.date({ min, max, noInvalidDate: true }).map((day) => day.toISOString().slice(0, 10));
  }
  const any = pattern ? fc.stringMatching(new RegExp(pattern, "u")) : fc.string({ unit: "grapheme" });
  return any.filter((value) => {
    const length = [...value].length;
    return (
      length >= (minLength ?? 0) &&
      length <= (maxLength ?? Infinity) &&
      !(not?.enum?.includes(value) ?? false)
    );
  });
}
