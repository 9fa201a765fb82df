import { STATUS_CODES } from "node:http";

/** The reason phrase of an HTTP status, such as `Not Found`. */
export const statusName = (status: number): string => STATUS_CODES[status] ?? "Error";
