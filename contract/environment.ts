import { z } from "zod";

/** The schema of a variable that is a whole number. */
export function wholeNumber(from: number, to: number) {
  const error = `must be a whole number from ${from} to ${to}`;
  return z
    .string()
    .regex(/^\d{1,15}$/, error)
    .transform(Number)
    .refine((number) => number >= from && number <= to, error);
}

/**
 * Reads the variables of a program from an environment. An empty variable counts as not set.
 * @throws what `toError` makes of a message that names every variable that is wrong, and what is allowed
 */
export function parseEnvironment<Settings>(
  schema: z.ZodType<Settings>,
  environment: NodeJS.ProcessEnv,
  toError: (message: string) => Error,
): Settings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  // Parsed once: compiling the schema first, as zod does by default, takes longer.
  const result = schema.safeParse(present, { jitless: true });
  if (result.success) return result.data;
  throw toError(result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "));
}
