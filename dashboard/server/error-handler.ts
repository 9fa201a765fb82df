import { WarehouseBusy, WarehouseError } from "@clan-platform/warehouse/warehouse.ts";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { Problem } from "./problem.ts";
import { WarehouseFilling } from "./source.ts";

/** Answers every error as a problem. Logs those that are defects, and doesn't show their cause. */
export function handleError(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error);
  if (problem.status === 500) {
    request.log.error({ err: problem.cause, reason: problem.reason }, problem.message);
  }
  reply
    .code(problem.status)
    .headers(problem.headers)
    .type("application/problem+json")
    .send(problem.body(request.id));
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof WarehouseFilling) {
    const detail =
      "The warehouse is being filled for the first time; the figures come as soon as that is done.";
    const options = { cause: error, headers: { "retry-after": "2" }, shareDone: error.shareDone };
    return new Problem(503, "WAREHOUSE_FILLING", detail, options);
  }
  if (error instanceof WarehouseBusy) {
    const detail =
      "Another command is writing to the warehouse; the figures come as soon as it has finished.";
    return new Problem(503, "WAREHOUSE_BUSY", detail, { cause: error, headers: { "retry-after": "2" } });
  }
  if (error instanceof WarehouseError) {
    return new Problem(502, "WAREHOUSE_FAILED", error.message, { cause: error });
  }
  if ("validation" in error && error.validation) return validationProblem(error.validation);
  const status = "statusCode" in error ? error.statusCode : undefined;
  if (status !== undefined && status >= 400 && status < 500) {
    return new Problem(status, "BAD_REQUEST", error.message, { cause: error });
  }
  const detail = "Something went wrong on our side; the logs have it under the request id.";
  return new Problem(500, "INTERNAL", detail, { cause: error });
}

/** Requests have no body: the invalid fields are parameters of the query string. */
function validationProblem(validation: NonNullable<FastifyError["validation"]>): Problem {
  const errors = validation.map(({ instancePath, message }) => ({
    field: ["query", ...instancePath.split("/").filter((part) => part !== "")].join("."),
    message: message ?? "is not valid",
  }));
  const detail = errors.map(({ field, message }) => `${field}: ${message}`).join("; ");
  return new Problem(400, "VALIDATION_FAILED", detail, { errors });
}
