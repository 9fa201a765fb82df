import type { ApiDocument } from "./api-document.ts";
import { buildAppWithoutDatabase } from "./app-without-database.ts";

/** The OpenAPI document that the service serves. */
export async function currentDocument(): Promise<ApiDocument> {
  const app = await buildAppWithoutDatabase();
  try {
    await app.ready();
    // As a client gets it: without what JSON leaves out.
    return JSON.parse(JSON.stringify(app.swagger()));
  } finally {
    await app.close();
  }
}
