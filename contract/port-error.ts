import { UserFacingError } from "./errors.ts";

/** The port can't be bound; the message says why and which variable to set. */
export class PortError extends UserFacingError {
  override name = "PortError";
}

/**
 * Explains why listening on a port failed. Returns any other error unchanged.
 * @param variable the environment variable that sets the port, such as `PORT`
 */
export function explainListenError(error: unknown, port: number, variable: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE") {
    return new PortError(
      `Port ${port} is taken: stop what listens there, or set ${variable} to another one.`,
    );
  }
  if (code === "EACCES") {
    return new PortError(`Port ${port} needs more rights: set ${variable} to one above 1023.`);
  }
  return error;
}
