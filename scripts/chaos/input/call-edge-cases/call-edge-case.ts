import type { HttpRequest } from "../../harness/http-client.ts";

/** A request with a value at or beyond a limit. */
export interface CallEdgeCase {
  request: HttpRequest;
  /** The field or reason that a rejection must name; without it, the request must be accepted. */
  rejected?: string;
  /** The clan that is stored then. */
  clan?: { name: string; region: string | null };
}

/** A character of two UTF-16 code units. */
export const owl = "\u{1f989}";
export const uuid = "01a2088a-10e3-7d9b-a235-835b1aebf9e5";

export const postClan = (body: string, headers = {}): HttpRequest => ({
  method: "POST",
  path: "/clans",
  headers: { "content-type": "application/json", ...headers },
  body,
});

export const getWithQuery = (path: string, parameters: Record<string, string>): HttpRequest => ({
  path: `${path}?${new URLSearchParams(parameters)}`,
});

export const invalidPageSizes = [
  "0",
  "-1",
  "1001",
  "1e2",
  "1.0",
  "0x10",
  "",
  " 1",
  "1 ",
  "+1",
  "１",
  "NaN",
  "2147483648",
  "9".repeat(400),
];
