import { problemType } from "../problem.ts";
import { describeStatus } from "../status-descriptions.ts";
import type { JsonObject } from "./json-object.ts";

/** What any request may be answered, because it is refused before anybody looks at its path. */
const statuses = [400, 417, 431, 501];

/** Adds to each operation the problems that no route declares, because they are not about it. */
export function describeSharedProblems(document: JsonObject): JsonObject {
  const shared = statuses.map((status) => [
    status,
    {
      description: describeStatus(status),
      content: { [problemType]: { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  ]);
  const paths = Object.entries(document.paths as Record<string, Record<string, { responses: JsonObject }>>);
  const described = paths.map(([path, methods]) => {
    const operations = Object.entries(methods).map(([method, operation]) => {
      const responses = { ...Object.fromEntries(shared), ...operation.responses };
      return [method, { ...operation, responses }];
    });
    return [path, Object.fromEntries(operations)];
  });
  return { ...document, paths: Object.fromEntries(described) };
}
