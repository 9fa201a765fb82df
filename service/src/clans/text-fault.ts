import type { z } from "zod";
import type { TextFault } from "./visible-text.ts";

/** Reports a fault of a text, if there is one, as an issue of its schema. */
export function addFault(fault: TextFault | undefined, context: z.RefinementCtx): void {
  if (!fault) return;
  const { message, reason = message } = fault;
  context.addIssue({ code: "custom", message, params: { reason } });
}
