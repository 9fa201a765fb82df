import { sendRequest } from "../harness/http-client.ts";
import type { Schema, Schemas } from "./schema-arbitrary.ts";

/** An operation of the OpenAPI document. */
export interface Operation {
  method: string;
  /** Such as `/clans/{id}`. */
  template: string;
  parameters: Parameter[];
  /** By media type. */
  bodies: [type: string, schema: Schema][];
}

export interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  required: boolean;
  schema: Schema;
}

interface OperationObject {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface ApiDocument {
  operations: Operation[];
  schemas: Schemas;
}

/** Reads the OpenAPI document of a running service. */
export async function readDocument(url: string): Promise<ApiDocument> {
  const { paths, components } = JSON.parse((await sendRequest(url, { path: "/openapi.json" })).text) as {
    paths: Record<string, Record<string, OperationObject>>;
    components: { schemas: Schemas };
  };
  const operations = Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      template,
      parameters,
      bodies: Object.entries(requestBody?.content ?? {}).map(([type, { schema }]): [string, Schema] => [
        type,
        schema,
      ]),
    })),
  );
  return { operations, schemas: components.schemas };
}
