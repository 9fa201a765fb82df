import pg from "pg";

// The fields of PostgreSQL's and Node's errors that name no user and quote no row, as `detail` and `where` may.
const plainFields = [
  ...["code", "severity", "schema", "table", "column", "dataType", "constraint", "routine"],
  ...["syscall", "address", "port"],
];

export interface LoggableError {
  type: string;
  message: string;
  stack: string;
  cause?: unknown;
  errors?: unknown[];
}

/** An error for the log: without anything that came from a row or a path. */
export function loggableError(error: Error): LoggableError {
  const message = loggableMessage(error);
  const plain = plainFields.flatMap((name) => {
    const value = Reflect.get(error, name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    type: error.constructor.name,
    message,
    stack: (error.stack ?? "").replace(error.message, () => message),
    ...Object.fromEntries(plain),
    ...(error.cause instanceof Error && { cause: loggableError(error.cause) }),
    ...(error instanceof AggregateError && {
      errors: error.errors.map((each) => (each instanceof Error ? loggableError(each) : String(each))),
    }),
  };
}

/** The message of an error, without the values that it quotes. */
export function loggableMessage(error: Error): string {
  const code = "code" in error ? String(error.code) : "";
  // Fastify's own names the URL. It is logged when a handler ends after its time limit.
  if (code === "FST_ERR_REP_ALREADY_SENT") return "A second answer to the same request was dropped";
  // Data exceptions quote the value; of the others, that of a setting (22023) is none of a row.
  const isOfData = error instanceof pg.DatabaseError && code.startsWith("22") && code !== "22023";
  return isOfData ? error.message.replace(/".*"/s, '"…"') : error.message;
}
