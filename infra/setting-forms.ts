import { parseApiKeys } from "@clan-platform/service/http/api-key-entries.ts";
import { z } from "zod";

/** The forms of values that settings have; each error says what is allowed. */
export const whole = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  return z.int(error).min(from, error).max(to, error);
};
export const matching = (form: RegExp, error: string) => z.string(error).regex(form, error);
export const oneOf = <const T extends string>(...values: T[]) =>
  z.enum(values, `one of: ${values.join(", ")}`);
export const email = matching(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address");

// Not IAM's allUsers and allAuthenticatedUsers: public access is `access: public`, which needs API keys.
export const invoker = matching(
  /^(user|group|serviceAccount|domain):\S+$/,
  "members such as user:ada@example.com or serviceAccount:game@my-game.iam.gserviceaccount.com",
);

export const apiKeys = z.array(z.string("a text"), "a list").transform(checkEntries);

/** As the service will read them, so that a mistake fails the preview instead of the service's start. */
function checkEntries(entries: string[], context: z.RefinementCtx): string[] {
  try {
    parseApiKeys(entries.join(" "));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `a list of NAME:SHA256:SCOPE,SCOPE or SHA-256 hashes in hex; ${error.message}`;
    context.addIssue({ code: "custom", message });
  }
  return entries;
}

export const imageByDigest = matching(
  /^[a-z0-9-]+-docker\.pkg\.dev\/[\w./:-]+@sha256:[0-9a-f]{64}$/,
  "an image by its digest, such as the output imageDigest of the stack that built it",
);
