import openapiTS, { astToString, type OpenAPI3 } from "openapi-typescript";
import type { ApiDocument } from "./api-document.ts";

/** The TypeScript types of a document, which the TypeScript client is built on. */
export async function clientTypes(document: ApiDocument): Promise<string> {
  const nodes = await openapiTS(structuredClone(document) as unknown as OpenAPI3, { alphabetize: false });
  return `// Written by npm run record-api, from docs/openapi.\n\n${astToString(nodes)}`;
}
