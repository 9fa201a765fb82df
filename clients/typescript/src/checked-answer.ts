import { ApiError } from "./errors.ts";
import { mayBeDone } from "./may-be-done.ts";

/**
 * Passes an answer of the service on. A deletion has nothing but its status, an export lines of JSON, and all others one object.
 * @throws {ApiError} when it is of something in front of the service, or cut off: a redirect, a page, nothing, half of the JSON
 */
export async function checkedAnswer(request: Request, response: Response): Promise<Response> {
  const { status, ok, headers } = response;
  const fault = isRedirect(status)
    ? `redirects to ${headers.get("location")}: use the URL of the service itself`
    : ok && (await faultIn(request, response));
  if (fault)
    throw new ApiError(status, undefined, fault, (ok && request.method !== "GET") || mayBeDone(response));
  return response;
}

const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304;

/** What an answer that reports success has instead of what was asked for; undefined for one of the service. */
async function faultIn({ method, url }: Request, response: Response): Promise<string | undefined> {
  if (method === "DELETE")
    return response.status === 204 ? undefined : "answers a deletion, instead of 204: is it the service?";
  const isExport = /\/users\/[^/]+\/export$/.test(new URL(url).pathname);
  const type = response.headers.get("content-type");
  const expected = isExport ? /^application\/x-ndjson\b/i : /^application\/(?:[\w.-]+\+)?json\b/i;
  const text = await response.clone().text();
  if (text === "" && !(isExport && type)) return "answers nothing instead of JSON: is it the service?";
  if (!expected.test(type ?? "")) return `answers ${type ?? "something"} instead of JSON: is it the service?`;
  const objects = isExport ? text.split("\n").filter((line) => line !== "") : [text];
  if (!objects.every(isObject))
    return "answers JSON that is cut off, or of something else: is it the service?";
  return undefined;
}

function isObject(json: string): boolean {
  try {
    const value = JSON.parse(json);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
