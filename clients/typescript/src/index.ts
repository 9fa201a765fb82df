export type { components, paths } from "./api.ts";
export { type ClanClient, type ClanClientOptions, createClanClient } from "./client.ts";
export { ApiError, ConnectionError, isReason, type Problem, type Reason } from "./errors.ts";
export type { ExportedPiece } from "./members.ts";
export type { Retry, RetryOptions } from "./retrying-fetch.ts";
