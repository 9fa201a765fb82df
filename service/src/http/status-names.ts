// Not imported: an import asks a module for all that it exports, and `node:http` loads Node's whole WebSocket client for
// three of those, which is a tenth of a start.
const { STATUS_CODES } = process.getBuiltinModule("node:http");

/** What HTTP calls a status, such as `Not Found`. */
export const statusName = (status: number): string => STATUS_CODES[status] ?? "Error";
