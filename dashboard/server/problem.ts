import { STATUS_CODES } from "node:http";
import { z } from "zod";

/** An error response as RFC 9457 defines it, with a stable `reason` and the id of the request. */
export const ProblemBody = z.object({
  type: z.literal("about:blank"),
  title: z.string(),
  status: z.int(),
  reason: z.string(),
  detail: z.string(),
  request_id: z.string(),
  errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** Of what the request waits for, from 0 to 1. */
  share_done: z.number().optional(),
});

export interface ProblemOptions {
  headers?: Record<string, string>;
  /** The invalid fields of the request. */
  errors?: { field: string; message: string }[];
  /** Of what the request waits for, from 0 to 1. */
  shareDone?: number;
  cause?: unknown;
}

/** Thrown to answer a request with an error; the error handler sends it. */
export class Problem extends Error {
  override name = "Problem";
  readonly status: number;
  /** Upper-case and stable, so that programs can switch on it. */
  readonly reason: string;
  readonly headers: Record<string, string>;
  readonly errors: ProblemOptions["errors"];
  readonly shareDone: ProblemOptions["shareDone"];

  constructor(
    status: number,
    reason: string,
    detail: string,
    { headers = {}, errors, shareDone, cause }: ProblemOptions = {},
  ) {
    super(detail, { cause });
    this.status = status;
    this.reason = reason;
    this.headers = headers;
    this.errors = errors;
    this.shareDone = shareDone;
  }

  body(requestId: string): z.infer<typeof ProblemBody> {
    return {
      type: "about:blank",
      title: STATUS_CODES[this.status] ?? "Error",
      status: this.status,
      reason: this.reason,
      detail: this.message,
      request_id: requestId,
      ...(this.errors && { errors: this.errors }),
      ...(this.shareDone !== undefined && { share_done: this.shareDone }),
    };
  }
}
