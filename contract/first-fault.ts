import type { z } from "zod";

/** The first fault that a schema found: where, what is wrong, and the rule, without what is particular to the value. */
export function firstFault({ issues }: z.ZodError): { path: PropertyKey[]; message: string; reason: string } {
  const [first] = issues;
  const { message = "is not valid", path = [] } = first ?? {};
  const { reason = message } = (first?.code === "custom" ? first.params : undefined) ?? {};
  return { path, message, reason };
}
