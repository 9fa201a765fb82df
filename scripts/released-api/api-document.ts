/** The parts of an OpenAPI document that changes are looked for in. */
export interface ApiDocument {
  info: { version: string };
  security?: Security[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** Scopes by scheme, all of which are needed. */
export type Security = Record<string, string[]>;

export interface Operation {
  operationId: string;
  security?: Security[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }>; headers?: object }>;
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

export interface Schema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: unknown[];
  "x-open-enum"?: boolean;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: unknown;
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** A schema of a document, itself or by its reference. */
export function resolve(schema: Schema, { components }: ApiDocument): Schema {
  if (!schema.$ref) return schema;
  const named = components.schemas[schema.$ref.replace("#/components/schemas/", "")];
  if (!named) throw new Error(`The OpenAPI document lacks ${schema.$ref}.`);
  return resolve(named, { components } as ApiDocument);
}
