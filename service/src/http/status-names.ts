import { STATUS_CODES } from "node:http";

// Node has those of RFC 7231 for these.
const newer: Record<number, string> = { 413: "Content Too Large", 422: "Unprocessable Content" };

/**
 * The reason phrase of an HTTP status, such as `Not Found`.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15
 */
export const statusName = (status: number): string => newer[status] ?? STATUS_CODES[status] ?? "Error";
