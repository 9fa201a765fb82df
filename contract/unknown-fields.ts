import type { z } from "zod";
import { shortened } from "./text.ts";

const shown = 5;

/**
 * The message of a strict object about unknown fields, in place of zod's: it names only the first few, because there may be
 * a hundred thousand. Undefined for other faults.
 */
export function nameUnknown(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code !== "unrecognized_keys") return undefined;
  return nameUnknownFields(issue.keys);
}

/** The message about these unknown fields. */
export function nameUnknownFields(keys: readonly string[]): string {
  const names = keys.slice(0, shown).map((key) => shortened(key, 64));
  const others = keys.length > shown ? ` and ${keys.length - shown} more` : "";
  return `has unknown fields: ${names.join(", ")}${others}`;
}
