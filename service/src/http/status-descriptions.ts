import { statusName } from "./status-names.ts";

const descriptions: Record<number, string> = {
  400: "The request breaks a rule; see reason and errors",
  401: "The API key, or the player's token, is missing or not valid",
  403: "The API key lacks the scope of the operation, or the player may not do it; see reason",
  404: "There is no such clan, or nothing of the kind in it; see reason",
  408: "The body arrived too slowly",
  409: "In conflict with what is stored, or with a request that is still running; see reason",
  412: "It is another version than If-Match or If-None-Match demands",
  413: "The body is too large",
  415: "The media type, charset or compression of the body is not supported",
  417: "Expect is something else than 100-continue",
  422: "The Idempotency-Key belongs to another request, or too many rows are rejected; see reason",
  429: "Too many requests from this address; try again after Retry-After",
  431: "The URL and the headers are larger than 16 KiB",
  500: "A defect of the service; its logs have the cause under the request id",
  501: "The method or the Transfer-Encoding is not known",
  503: "The service can't answer now; try again after Retry-After",
};

/** What a problem with this status means, for the OpenAPI document. */
export const describeStatus = (status: number): string => descriptions[status] ?? statusName(status);
