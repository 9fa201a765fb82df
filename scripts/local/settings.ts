import { resolve } from "node:path";
import { isBlockedPort } from "@clan-platform/contract/blocked-ports.ts";
import { parseEnvironment } from "@clan-platform/contract/environment.ts";
import { z } from "zod";
import { startsWithTilde } from "../commands/command-line/check-values.ts";
import { CliError } from "../commands/terminal/cli-error.ts";

const port = (from: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, `must be a port number from ${from} to 65535`)
    .transform(Number)
    .refine((port) => port >= from && port <= 65_535, `must be a port number from ${from} to 65535`);

/** What `npm start` and the commands read from the environment, as docs/settings.md describes it. */
export const PlatformEnvironment = z.object({
  DATA_DIR: z
    .string()
    .refine(
      (path) => !startsWithTilde(path),
      "begins with ~, which only a shell expands: write the whole path",
    )
    .default(".local")
    .describe("where the embedded PostgreSQL and the local warehouse keep their data"),
  DASHBOARD_PORT: port(0)
    .refine((port) => !isBlockedPort(port), "is a port that browsers refuse to connect to")
    .default(8081)
    .describe("the port of the dashboard, on this machine only; 0 picks a free one"),
  POSTGRES_PORT: port(1)
    .optional()
    .describe("port of the embedded PostgreSQL; 54320 or a free one if not set"),
  DATABASE_URL: z
    .string()
    .refine(
      (url) => /^postgres(ql)?:\/\//.test(url) && URL.canParse(url),
      "must look like postgres://user:password@host:5432/database, with other characters than letters and digits " +
        "in the password percent-encoded",
    )
    .optional()
    .describe(
      "another PostgreSQL (18 or later) to use; none is started. The login needs to own the database and to have `createrole`. A pooler such as PgBouncer in transaction mode does not keep the settings of a session: `/health/ready` then answers 503 `DATABASE_POOLER`",
    ),
  GOOGLE_CLOUD_PROJECT: z.string().optional().describe("the project of `--target bigquery`"),
  BIGQUERY_LOCATION: z.string().default("EU").describe("where its datasets are"),
});

export type Settings = z.infer<typeof PlatformEnvironment>;

/**
 * Reads the settings that all commands share. An empty variable counts as not set.
 * @throws {CliError} naming what is wrong
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const settings = parseEnvironment(PlatformEnvironment, environment, (message) => new CliError(message));
  return { ...settings, DATA_DIR: resolve(settings.DATA_DIR) };
}
