import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { z } from "zod";

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((n) => n >= from && n <= to, `must be a whole number from ${from} to ${to}`);

const Environment = z.object({
  PORT: whole(0, 65_535).default(8080),
  HOST: z.string().default("localhost"),
  /** The folder of the built page. */
  PAGE: z.string("is not set: it must be the folder of the built page"),
  /** The project of the datasets and of the queries. */
  GOOGLE_CLOUD_PROJECT: z.string("is not set: it must be the id of a Google Cloud project"),
  /** Where the datasets are. */
  BIGQUERY_LOCATION: z.string().default("EU"),
  /** BigQuery refuses a query that would be billed for more, and charges nothing. */
  MAXIMUM_BYTES_BILLED: whole(10_485_760, 1e15).default(20e9),
});

export type Settings = z.infer<typeof Environment>;

/** A variable of the environment is missing or wrong. */
export class SettingsError extends UserFacingError {
  override name = "SettingsError";
}

/**
 * Reads the settings of the deployed dashboard. An empty variable counts as not set.
 * @throws {SettingsError} naming each wrong variable
 */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const present = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
  const result = Environment.safeParse(present);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "),
  );
}
