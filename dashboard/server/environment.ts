import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { z } from "zod";

const whole = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((n) => n >= from && n <= to, `must be a whole number from ${from} to ${to}`);

export const DashboardEnvironment = z.object({
  PORT: whole(0, 65_535).default(8080).describe("the port to listen on"),
  HOST: z.string().default("localhost").describe("the address to listen on"),
  PAGE: z
    .string("is not set: it must be the folder of the built page")
    .describe("the folder of the built page; set in the image"),
  GOOGLE_CLOUD_PROJECT: z
    .string("is not set: it must be the id of a Google Cloud project")
    .describe("the project of the datasets and of the queries"),
  BIGQUERY_LOCATION: z.string().default("EU").describe("where the datasets are"),
  MAXIMUM_BYTES_BILLED: whole(10_485_760, 1e15)
    .default(20e9)
    .describe("bytes; BigQuery refuses a query that would be billed for more, and charges nothing"),
});

export type Settings = z.infer<typeof DashboardEnvironment>;

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
  const result = DashboardEnvironment.safeParse(present);
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`).join("; "),
  );
}
