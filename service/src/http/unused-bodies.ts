import type { FastifyInstance } from "fastify";
import { Problem } from "./problem.ts";

/** Refuses a body where the schema of a route has none: what a client says there would have no effect. */
export function refuseUnusedBodies(app: FastifyInstance): void {
  app.addHook("preValidation", (request, _reply, done) => {
    const { schema } = request.routeOptions;
    if (schema?.body !== undefined || request.body === undefined || isEmpty(request.body)) return done();
    const message = "must be empty";
    const errors = [{ field: "body", message }];
    done(new Problem(400, "VALIDATION_FAILED", `body: ${message}`, { errors }));
  });
}

/** Some clients send an empty object, or null, where they have nothing to say. */
const isEmpty = (body: unknown) =>
  body === null || (typeof body === "object" && !Array.isArray(body) && Object.keys(body).length === 0);
