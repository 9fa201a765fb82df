import { parseApiKeys } from "@clan-platform/service/http/api-key-entries.ts";
import { isOrigin } from "@clan-platform/service/http/origin.ts";
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

// IAM compares addresses case-insensitively; Cloud SQL's login of a person is the address in lower case
// (https://docs.cloud.google.com/sql/docs/mysql/reference/mcp/tools_list/create_user).
const person = matching(
  /^(?!.*\.gserviceaccount\.com$)[^@\s]+@[^@\s]+\.[^@\s]+$/i,
  "an e-mail address of a person, not of a service account",
).toLowerCase();

// Not IAM's allUsers and allAuthenticatedUsers: public access is `access: public`, which needs API keys.
const member = matching(
  /^((user|group|serviceAccount):[^\s@:,]+@[^\s@:,]+\.[^\s@:,]+|serviceAccount:[^\s@,]+\.svc\.id\.goog\[[^\s,]+\]|domain:[^\s@:,]+\.[^\s@:,]+)$/,
  "members such as user:ada@example.com or serviceAccount:game@my-game.iam.gserviceaccount.com",
);

/** Each once: what is granted to a member is a resource that is named after them. */
const each = (item: z.ZodType<string, string>, error: string) =>
  z
    .array(item, error)
    .refine(
      (all) => new Set(all.map((text) => text.toLowerCase())).size === all.length,
      `${error} without repetitions`,
    );

export const members = each(member, "a list of members");
export const people = each(person, "a list of e-mail addresses");

/** As the service will read them. */
export const origins = z.array(
  z.string("a text").refine(isOrigin, "origins such as https://play.example.com"),
  "a list",
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
