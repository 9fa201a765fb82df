import { readdirSync, readFileSync } from "node:fs";
import type { ApiDocument } from "./api-document.ts";

export const documentsFolder = new URL("../../docs/openapi/", import.meta.url);
export const clientTypesFile = new URL("../../clients/typescript/src/api.ts", import.meta.url);

/** The newest recorded document; undefined before the first. */
export function newestRecorded(): ApiDocument | undefined {
  const names = readdirSync(documentsFolder).filter((name) => /^v\d+\.json$/.test(name));
  const newest = names.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1);
  return newest && JSON.parse(readFileSync(new URL(newest, documentsFolder), "utf8"));
}

export const toText = (document: ApiDocument) => `${JSON.stringify(document, null, 2)}\n`;
