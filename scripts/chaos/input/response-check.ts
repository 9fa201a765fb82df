import type { HttpRequest, HttpResponse } from "../harness/http-client.ts";
import type { ResponseValidator } from "../harness/response-validator.ts";
import type { ApiDocument } from "./api-document.ts";
import type { Generated } from "./valid-requests.ts";

export interface ResponseCheck {
  /** Returns what is wrong with the response to a request; undefined when it is correct. */
  problemOf(request: Generated, sent: HttpRequest, response: HttpResponse): string | undefined;
}

/**
 * Checks responses against the document. For calls that it does not declare, they must be 404 for an unknown path, or a write at
 * one that ends in a slash, 405 for an unknown method, and 400 for an invalid URL.
 */
export function checkResponses({ operations }: ApiDocument, validate: ResponseValidator): ResponseCheck {
  // A literal path takes precedence over a matching one with parameters.
  const paths = [...new Set(operations.map(({ template }) => template))]
    .toSorted((a, b) => a.split("{").length - b.split("{").length)
    .map((template) => ({
      pattern: new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]+")}/?$`),
      methods: operations.filter((each) => each.template === template).map(({ method }) => method),
    }));
  const isProblem = (response: HttpResponse) => validate("POST", "/clans", { ...response, status: 400 });

  const undeclared = (response: HttpResponse, status: number, reason: string) => {
    const isExpected = response.status === status && response.text.includes(`"reason":"${reason}"`);
    return isExpected
      ? isProblem(response)
      : `${response.status} instead of ${status} ${reason}: ${response.text}`;
  };

  return {
    problemOf(request, { method = "GET", path }, response) {
      const summary = `${response.status} ${response.text.slice(0, 300)}`;
      if (response.status >= 500) return summary;
      const [pathname = ""] = path.split("?");
      const methods = paths.find(({ pattern }) => pattern.test(pathname))?.methods;
      const isHead = method === "HEAD";
      if (!methods || !(methods.includes(method) || (isHead && methods.includes("GET")))) {
        if (isHead) return [404, 405, 400].includes(response.status) ? undefined : summary;
        if (!isDecodable(pathname)) return undeclared(response, 400, "INVALID_URL");
        if (!methods) return undeclared(response, 404, "NOT_FOUND");
        if (method === "OPTIONS")
          return response.status === 204 && response.text === "" ? undefined : summary;
        const allowed = String(response.headers.allow).split(", ");
        const isAllowed = methods.every((each) => allowed.includes(each));
        return isAllowed
          ? undeclared(response, 405, "METHOD_NOT_ALLOWED")
          : `Allow: ${allowed}, not ${methods}`;
      }
      if (pathname.endsWith("/") && method !== "GET" && !isHead)
        return undeclared(response, 404, "NOT_FOUND");
      // The response to HEAD is that to GET without a body.
      if (isHead) return response.text === "" && response.status < 500 ? undefined : summary;
      const problem = validate(method, path, response);
      if (problem) return `${problem}: ${summary}`;
      return request.isValid && !isAccepted(request, response) ? `a valid request got ${summary}` : undefined;
    },
  };
}

/** Accepted, or rejected because of existing data. */
function isAccepted({ method, template }: Generated, { status, text }: HttpResponse): boolean {
  if (template.endsWith("/import")) return status === 200 ? text.includes('"rejected":0,') : isKeyTaken(text);
  if (status < 300 || isKeyTaken(text)) return true;
  const { reason } = JSON.parse(text) as { reason: string };
  // Ids are made up.
  if (status === 404) return template.includes("{") && absences.has(reason);
  return status === 409 && method !== "GET" && conflicts.has(reason);
}

const absences = new Set([
  ...["CLAN_NOT_FOUND", "MEMBER_NOT_FOUND", "NOT_IN_A_CLAN"],
  ...["INVITATION_NOT_FOUND", "JOIN_REQUEST_NOT_FOUND"],
]);
const conflicts = new Set([
  ...["CLAN_NAME_TAKEN", "IN_ANOTHER_CLAN", "ALREADY_A_MEMBER", "CLAN_FULL", "CLAN_NOT_OPEN"],
  ...["LEADER_REQUIRED", "MAX_MEMBERS_TOO_LOW"],
]);

const isKeyTaken = (text: string) => /"reason":"IDEMPOTENCY_KEY_(REUSED|IN_USE)"/.test(text);

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
