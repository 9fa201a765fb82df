import type { Middleware } from "openapi-fetch";

/**
 * Refuses what is no segment of a path, before anything is sent. URLs have no way to write `.` and `..` as a segment, however
 * they are encoded, and an empty one ends in the path above: to delete the member `..` would be to delete the clan.
 * @throws {TypeError} which names the parameter
 */
export const refuseOtherPaths: Middleware = {
  onRequest({ request, schemaPath, params }) {
    for (const [, name = ""] of schemaPath.matchAll(/\{(\w+)\}/g)) {
      const value: unknown = params.path?.[name];
      if (!["", ".", ".."].includes(String(value ?? ""))) continue;
      throw new TypeError(
        `${request.method} ${schemaPath}: ${name} is ${value == null ? "missing" : `"${value}"`}, which would lead to another path; pass an id.`,
      );
    }
  },
};
