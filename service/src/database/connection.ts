import type pg from "pg";
import { parseIntoClientConfig } from "pg-connection-string";
import { z } from "zod";

/** The variables that say where PostgreSQL is and how to log in; the service and the migration read the same ones. */
export const connectionVariables = {
  DATABASE_URL: z
    .string({ error: "is not set; it says where PostgreSQL is" })
    .min(1, "is empty")
    .describe(
      "`postgres://user:password@host:port/database`; a host that is a folder (`%2Fcloudsql%2F…`) means its unix socket. It alone says where and how to connect: `PGSSLMODE`, `PGOPTIONS` and PostgreSQL's other variables are ignored",
    ),
  DATABASE_AUTH: z
    .enum(["password", "google-iam"])
    .default("password")
    .describe("`google-iam`: instead of a password, a fresh access token of the account that runs it"),
  DATABASE_CA: z
    .string()
    .startsWith("-----BEGIN CERTIFICATE-----", "must be certificates in PEM")
    .optional()
    .describe(
      "certificates (PEM); the connection is then encrypted, and the server's certificate must be signed by one of them",
    ),
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
