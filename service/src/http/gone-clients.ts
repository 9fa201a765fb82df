import type { FastifyInstance, FastifyRequest } from "fastify";
import { clientGone } from "./problem.ts";

/** Leaves requests alone whose connection was reset before they were read: nobody gets the answer, and no limit has an address to count. */
export function refuseGoneClients(app: FastifyInstance): void {
  app.addHook("onRequest", (request, _reply, done) => {
    // Not as its type says: the address of a socket that was reset is undefined.
    const address: string | undefined = request.ip;
    done(address === undefined ? clientGone() : undefined);
  });
}

/** Whether the client broke off while it was sending the body. An injected request has no connection, and `complete` is undefined. */
export const isBrokenOff = ({ raw }: FastifyRequest): boolean => raw.complete === false && raw.destroyed;
