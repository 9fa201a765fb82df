import type { FastifyInstance } from "fastify";
import { validatorCompiler } from "fastify-type-provider-zod";

/**
 * For the option `schemaController` of an app that calls `useZod`. Without it, Fastify would load ajv and
 * fast-json-stringify, which zod replaces: a seventh of the service's start.
 */
export const schemaController = { compilersFactory: { buildValidator: unused, buildSerializer: unused } };

function unused(): never {
  throw new Error("Call useZod(app) before adding routes: their schemas are zod's.");
}

/**
 * Requests are validated by their routes' zod schemas, and handlers get the parsed values. Responses are not: they are
 * our own, some hold numbers that no double keeps (`exactNumber`), and a stored answer is repeated to the byte. The type
 * provider checks them at compile time.
 */
export function useZod(app: FastifyInstance): void {
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(() => JSON.stringify);
}
