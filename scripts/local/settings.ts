import { resolve } from "node:path";
import { isBlockedPort } from "@clan-platform/contract/blocked-ports.ts";
import { z } from "zod";
import { CliError } from "../commands/terminal/cli-error.ts";

const port = (from: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, `must be a port number from ${from} to 65535`)
    .transform(Number)
    .refine((port) => port >= from && port <= 65_535, `must be a port number from ${from} to 65535`);

const Environment = z.object({
  /** Use this PostgreSQL and start none. */
  DATABASE_URL: z
    .string()
    .refine(
      (url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url),
      "must look like postgres://user:password@host:5432/database, with other characters than letters and digits " +
        "in the password percent-encoded",
    )
    .optional(),
  /** Where the embedded databases keep their data. */
  DATA_DIR: z.string().default(".local"),
  /** Port of the embedded PostgreSQL. */
  POSTGRES_PORT: port(1).optional(),
  /** Where the dashboard listens; a free port for 0. */
  DASHBOARD_PORT: port(0)
    .refine((port) => !isBlockedPort(port), "is a port that browsers refuse to connect to")
    .default(8081),
  /** The project of `--target bigquery`. */
  GOOGLE_CLOUD_PROJECT: z.string().optional(),
  /** Where its datasets are. */
  BIGQUERY_LOCATION: z.string().default("EU"),
});

export type Settings = z.infer<typeof Environment>;

/**
 * Reads the settings that all commands share. An empty variable counts as not set.
 * @throws {CliError} naming what is wrong
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const result = Environment.safeParse(present);
  if (!result.success) {
    throw new CliError(
      result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "),
    );
  }
  return { ...result.data, DATA_DIR: resolve(result.data.DATA_DIR) };
}
