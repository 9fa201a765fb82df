/** The environment of a service on this database: its log has problems alone, unless LOG_LEVEL says otherwise. */
export const serviceEnvironment = (databaseUrl: string): NodeJS.ProcessEnv => ({
  ...process.env,
  DATABASE_URL: databaseUrl,
  LOG_LEVEL: process.env.LOG_LEVEL || "warn",
});
