import type { Answer, Question } from "../rig/ask.ts";
import type { Declared } from "../rig/declared.ts";
import type { ApiDocument } from "./api-document.ts";
import type { Generated } from "./valid-requests.ts";

export interface Answers {
  /** What is wrong with the answer to a request; undefined when it is as it must be. */
  faultOf(request: Generated, question: Question, answer: Answer): string | undefined;
}

/**
 * Holds answers against the document: those of its calls, and besides, exactly where it declares nothing, 404 for a path that it
 * does not have, 405 for a method, and 400 for a URL that is none.
 */
export function answersOf({ operations }: ApiDocument, declared: Declared): Answers {
  // A literal path comes before one with parameters that fits as well.
  const paths = [...new Set(operations.map(({ template }) => template))]
    .toSorted((a, b) => a.split("{").length - b.split("{").length)
    .map((template) => ({
      pattern: new RegExp(`^${template.replace(/\{\w+\}/g, "[^/]*")}$`),
      methods: operations.filter((each) => each.template === template).map(({ method }) => method),
    }));
  const isProblem = (answer: Answer) => declared("POST", "/clans", { ...answer, status: 400 });

  const undeclared = (answer: Answer, status: number, reason: string) => {
    const isExpected = answer.status === status && answer.text.includes(`"reason":"${reason}"`);
    return isExpected ? isProblem(answer) : `${answer.status} instead of ${status} ${reason}: ${answer.text}`;
  };

  return {
    faultOf(request, { method = "GET", path }, answer) {
      const told = `${answer.status} ${answer.text.slice(0, 300)}`;
      if (answer.status >= 500) return told;
      const [pathname = ""] = path.split("?");
      const methods = paths.find(({ pattern }) => pattern.test(pathname))?.methods;
      const isHead = method === "HEAD";
      if (!methods || !(methods.includes(method) || (isHead && methods.includes("GET")))) {
        if (isHead) return [404, 405, 400].includes(answer.status) ? undefined : told;
        if (!isDecodable(pathname)) return undeclared(answer, 400, "INVALID_URL");
        if (!methods) return undeclared(answer, 404, "NOT_FOUND");
        const allowed = String(answer.headers.allow).split(", ");
        const isAllowed = methods.every((each) => allowed.includes(each));
        return isAllowed
          ? undeclared(answer, 405, "METHOD_NOT_ALLOWED")
          : `Allow: ${allowed}, not ${methods}`;
      }
      // An answer to HEAD is the one to GET without its body.
      if (isHead) return answer.text === "" && answer.status < 500 ? undefined : told;
      const fault = declared(method, path, answer);
      if (fault) return `${fault}: ${told}`;
      return request.isValid && !isAccepted(request, answer) ? `a valid one got ${told}` : undefined;
    },
  };
}

/** Done, or refused for what was there before it. */
function isAccepted({ method, template }: Generated, { status, text }: Answer): boolean {
  if (template.endsWith("/import")) return status === 200 ? text.includes('"rejected":0,') : isKeyTaken(text);
  if (status < 300 || isKeyTaken(text)) return true;
  return (status === 404 && template.endsWith("{id}")) || (status === 409 && method === "POST");
}

const isKeyTaken = (text: string) => /"reason":"IDEMPOTENCY_KEY_(REUSED|IN_USE)"/.test(text);

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
