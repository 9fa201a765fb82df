import type { components, operations } from "./api.ts";
import { toApiError } from "./errors.ts";

export type Schemas = components["schemas"];
/** The query of an operation; its pages are followed. */
export type Query<Operation extends keyof operations> = Omit<
  NonNullable<operations[Operation]["parameters"]["query"]>,
  "page_token"
>;

export interface CallOptions {
  signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  /** By default a random one per call, which its retries share. */
  idempotencyKey?: string;
}

/** The parameters and options of a write. */
export function writing({ idempotencyKey, ...options }: WriteOptions) {
  return { params: { header: defined({ "idempotency-key": idempotencyKey }) }, ...options };
}

/** The data of an answer. @throws {ApiError} when it is an error */
export function dataOf<Data>({
  data,
  response,
  ...rest
}: {
  data?: Data;
  error?: unknown;
  response: Response;
}): Data {
  if (!response.ok) throw toApiError(response, rest.error);
  return data as Data;
}

/** Without the properties that are undefined. */
export function defined<Value extends object>(
  value: Value,
): { [K in keyof Value]: Exclude<Value[K], undefined> } {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries) as { [K in keyof Value]: Exclude<Value[K], undefined> };
}
