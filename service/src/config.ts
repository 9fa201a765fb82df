import { isBlockedPort } from "@clan-platform/contract/blocked-ports.ts";
import { parseEnvironment, wholeNumber } from "@clan-platform/contract/environment.ts";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { z } from "zod";
import { connectionVariables } from "./database/connection.ts";
import { parseApiKeys } from "./http/api-key-entries.ts";
import { isOrigin } from "./http/origin.ts";
import { PlayerTokensError, parsePlayerTokens } from "./player-tokens/settings.ts";

const apiKeys = z.string().transform((text, context) => {
  try {
    return parseApiKeys(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const message = `must list NAME:SHA256:SCOPE,SCOPE or SHA-256 hashes in hex: ${error.message}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
});

const playerTokens = z.string().transform((text, context) => {
  try {
    return parsePlayerTokens(text);
  } catch (error) {
    if (!(error instanceof PlayerTokensError)) throw error;
    const message = `must be a JSON object with issuer, audience and jwks_url: ${error.message}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
});

const origins = z
  .string()
  .transform((list) => list.split(",").map((origin) => origin.trim()))
  .refine(
    (list) => list.every(isOrigin),
    'must be exact origins as browsers send them, such as "https://play.example.com", separated by commas',
  );

/** The service's environment, as docs/settings.md describes it. */
export const ServiceEnvironment = z
  .object({
    ...connectionVariables,
    PORT: wholeNumber(0, 65_535)
      .refine((port) => !isBlockedPort(port), "is a port that fetch and browsers refuse to connect to")
      .default(8080)
      .describe("the port of the API; 0 picks a free one"),
    HOST: z.string().default("localhost").describe("the address to listen at; `0.0.0.0` in the container"),
    API_KEYS: apiKeys
      .optional()
      .describe(
        "the [API keys](api.md#api-keys); without any, and without `PLAYER_TOKENS`, anyone may do everything",
      ),
    PLAYER_TOKENS: playerTokens
      .optional()
      .describe(
        'whose [players\' tokens](members.md#players-act-for-themselves) are accepted, such as `{"issuer": "https://id.example.com", "audience": "my-game", "jwks_url": "https://id.example.com/jwks.json"}`',
      ),
    CORS_ORIGINS: origins
      .default([])
      .describe(
        "exact origins, comma-separated, such as `https://play.example.com`: their pages may call the service from a browser, and read every answer",
      ),
    POOL_MAX: wholeNumber(1, 1_000)
      .default(10)
      .describe(
        "connections to PostgreSQL; clans and activity may each use two thirds of them, so that a locked table stops only one of the two, and searches one fifth. Per connection, 32 requests may be running; more get 503 `OVERLOADED` at once",
      ),
    CONNECT_TIMEOUT_MS: wholeNumber(1, 29_000)
      .default(3_000)
      .describe(
        "how long to wait for a connection, new or from the pool, and before that for the [turn of a clan](api.md#names-pages-retries-limits-errors)",
      ),
    LOCK_TIMEOUT_MS: wholeNumber(1, 29_000).default(3_000).describe("how long a statement waits for a lock"),
    STATEMENT_TIMEOUT_MS: wholeNumber(1, 29_000)
      .default(8_000)
      .describe("how long a statement may take; above `LOCK_TIMEOUT_MS`"),
    HANDLER_TIMEOUT_MS: wholeNumber(1, 29_000)
      .default(15_000)
      .describe("how long a request may take; above `STATEMENT_TIMEOUT_MS` and `CONNECT_TIMEOUT_MS`"),
    IMPORT_TIMEOUT_MS: wholeNumber(1_000, 600_000)
      .default(120_000)
      .describe("how long a bulk import may take, from its first byte to its answer"),
    RATE_LIMIT_PER_MINUTE: wholeNumber(0, 100_000_000)
      .default(6_000)
      .describe("requests per minute and address; 0 means no limit"),
    OPEN_BODIES_PER_ADDRESS: wholeNumber(0, 100_000)
      .default(100)
      .describe("requests of one address whose bodies may be arriving at once; 0 means no limit"),
    TRUSTED_PROXIES: wholeNumber(0, 10)
      .default(0)
      .describe("proxies in front whose `X-Forwarded-For` is trusted; 1 on Cloud Run"),
    LOG_LEVEL: z
      .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"])
      .default("info")
      .describe("the least severe entries to log; `warn` under `npm start`"),
    LOG_FORMAT: z
      .enum(["json", "pretty"])
      .optional()
      .describe("`pretty` in a terminal, and elsewhere JSON in Cloud Logging's form"),
    GOOGLE_CLOUD_PROJECT: z
      .string()
      .optional()
      .describe("completes the trace in log entries, so that Cloud Logging can link it"),
    K_SERVICE: z.string().default("clan-service").describe("set by Cloud Run: the service's name in logs"),
    K_REVISION: z.string().default("local").describe("set by Cloud Run: the revision's name in logs"),
  })
  .refine((env) => env.LOCK_TIMEOUT_MS < env.STATEMENT_TIMEOUT_MS, {
    path: ["LOCK_TIMEOUT_MS"],
    error: "must be below STATEMENT_TIMEOUT_MS, so that the inner limit speaks first",
  })
  .refine((env) => Math.max(env.STATEMENT_TIMEOUT_MS, env.CONNECT_TIMEOUT_MS) < env.HANDLER_TIMEOUT_MS, {
    path: ["HANDLER_TIMEOUT_MS"],
    error: "must be above STATEMENT_TIMEOUT_MS and CONNECT_TIMEOUT_MS, so that the inner limit speaks first",
  })
  .refine((env) => env.HANDLER_TIMEOUT_MS <= env.IMPORT_TIMEOUT_MS, {
    path: ["IMPORT_TIMEOUT_MS"],
    error: "must not be below HANDLER_TIMEOUT_MS: a bulk import takes longer than other requests",
  });

export type Config = z.infer<typeof ServiceEnvironment>;

/** An invalid value in the environment; the message names each variable. */
export class ConfigError extends UserFacingError {
  override name = "ConfigError";
}

/**
 * Reads the service's configuration from an environment. An empty variable counts as not set.
 * @throws {ConfigError} naming every variable that is wrong and what is allowed
 */
export function parseConfig(environment: NodeJS.ProcessEnv): Config {
  return parse(ServiceEnvironment, environment);
}

/** The migration's environment, as docs/settings.md describes it. */
export const MigrationEnvironment = z.object({
  ...connectionVariables,
  MIGRATION_ROLE: z
    .string()
    .optional()
    .describe("the role that owns what a migration creates, if not the login itself"),
  ACTIVITY_RETENTION_DAYS: wholeNumber(31, 36_500)
    .optional()
    .describe("user activity that is older is removed; without it, all is kept"),
  APP_LOGINS: z
    .string()
    .default("")
    .transform((list) => list.split(",").filter((login) => login !== ""))
    .describe("logins, comma-separated, that become members of role `clan_app`"),
});

/**
 * Reads the migration's configuration from an environment.
 * @throws {ConfigError} naming every variable that is wrong and what is allowed
 */
export function parseMigrationConfig(environment: NodeJS.ProcessEnv): z.infer<typeof MigrationEnvironment> {
  return parse(MigrationEnvironment, environment);
}

const DatabaseEnvironment = z.object(connectionVariables);

/**
 * Reads from an environment where PostgreSQL is and how to log in.
 * @throws {ConfigError} naming every variable that is wrong
 */
export function parseDatabaseConfig(environment: NodeJS.ProcessEnv): z.infer<typeof DatabaseEnvironment> {
  return parse(DatabaseEnvironment, environment);
}

const parse = <T>(schema: z.ZodType<T>, environment: NodeJS.ProcessEnv): T =>
  parseEnvironment(schema, environment, (message) => new ConfigError(message));
