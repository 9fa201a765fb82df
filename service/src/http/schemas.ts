import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";

/** Checks a part of a request by its zod schema; the handler gets what the schema makes of it. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema }) => {
  return (data: unknown) => {
    const result = schema.safeParse(data);
    return result.success ? { value: result.data } : { error: toFaults(result.error) };
  };
};

/** As Fastify's error has them under `validation`. */
function toFaults({ issues }: z.ZodError) {
  return issues.map(({ code, path, message }) => ({
    keyword: code,
    instancePath: `/${path.join("/")}`,
    schemaPath: `#/${path.join("/")}/${code}`,
    params: {},
    message,
  })) as unknown as Error;
}

/**
 * Schemas are zod's: requests are checked by them, and answers, which are our own, are written as they are. Given at
 * its creation, they keep Fastify from loading ajv and fast-json-stringify, which a start would wait for.
 */
export const schemaController = {
  compilersFactory: {
    // Its declared type is ajv's compiler.
    buildValidator: () => validatorCompiler as never,
    buildSerializer: () => () => JSON.stringify,
  },
};
