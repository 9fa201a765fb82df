import { type FastifyReply, type FastifyRequest, LogController } from "fastify";
import { databaseFailure } from "../database/failures.ts";

/**
 * Logs nothing of a request, which `onResponse` does, except that its answer broke off after it had begun: everywhere else, it looks
 * like one that was sent.
 */
export class LogBrokenAnswers extends LogController {
  constructor() {
    super({ disableRequestLogging: true, requestIdLogLabel: "request_id" });
  }

  override streamError(
    error: Error & { code?: string },
    _request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    // The client is gone.
    if (error.code === "ERR_STREAM_PREMATURE_CLOSE") return;
    reply.log[databaseFailure(error) ? "warn" : "error"](
      { err: error },
      "The answer broke off, and its client sees that it did",
    );
  }
}
