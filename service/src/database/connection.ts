import type pg from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { z } from "zod";

/** The variables that say where PostgreSQL is and how to log in; the service and the migration read the same ones. */
export const connectionVariables = {
  /** postgres://user:password@host:port/database; a host that is a folder (`%2Fcloudsql%2F…`) means its unix socket. */
  DATABASE_URL: z.string({ error: "is not set; it says where PostgreSQL is" }).min(1, "is empty"),
  /** `google-iam` logs in with a fresh access token of the account that runs this, instead of a password. */
  DATABASE_AUTH: z.enum(["password", "google-iam"]).default("password"),
  /** Certificates (PEM) of which one must have signed the server's: turns TLS on. */
  DATABASE_CA: z.string().startsWith("-----BEGIN CERTIFICATE-----", "must be certificates in PEM").optional(),
};

export interface ConnectionSettings {
  DATABASE_URL: string;
  DATABASE_AUTH?: "password" | "google-iam" | undefined;
  DATABASE_CA?: string | undefined;
}

/** The options of `pg` for these settings. Fetches no token before a connection is opened. */
export function connectionOptions({
  DATABASE_URL,
  DATABASE_AUTH,
  DATABASE_CA,
}: ConnectionSettings): pg.ClientConfig {
  return {
    ...parseIntoClientConfig(DATABASE_URL),
    ...(DATABASE_AUTH === "google-iam" && { password: accessToken }),
    // A Cloud SQL certificate names the instance and not its address, and its authority signs for that instance alone.
    ...(DATABASE_CA && { ssl: { ca: DATABASE_CA, checkServerIdentity: () => undefined } }),
  };
}

let auth: Promise<{ getAccessToken(): Promise<string | null | undefined> }> | undefined;

/** Google's library caches a token and renews it before it expires. Imported here, so that only starts with this login wait for it. */
async function accessToken(): Promise<string> {
  auth ??= import("google-auth-library").then(
    ({ GoogleAuth }) => new GoogleAuth({ scopes: "https://www.googleapis.com/auth/sqlservice.login" }),
  );
  const token = await (await auth).getAccessToken();
  if (!token) throw new Error("Google gave no access token to log in to PostgreSQL with");
  return token;
}
