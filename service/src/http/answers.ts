import { z } from "zod";

/** The part of a route's response schema for an answer in JSON. */
export function json<Body extends z.ZodType>(description: string, schema: Body) {
  return { description, content: { "application/json": { schema } } };
}

/** The part of a route's response schema for 204. */
export const noContent = (description: string) => z.undefined().meta({ description });
