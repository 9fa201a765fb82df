import { parseEnvironment, wholeNumber } from "@clan-platform/contract/environment.ts";
import { UserFacingError } from "@clan-platform/contract/errors.ts";
import { z } from "zod";

export const DashboardEnvironment = z.object({
  PORT: wholeNumber(0, 65_535).default(8080).describe("the port to listen on"),
  HOST: z.string().default("localhost").describe("the address to listen on"),
  PAGE: z
    .string("is not set: it must be the folder of the built page")
    .describe("the folder of the built page; set in the image"),
  GOOGLE_CLOUD_PROJECT: z
    .string("is not set: it must be the id of a Google Cloud project")
    .describe("the project of the datasets and of the queries"),
  BIGQUERY_LOCATION: z.string().default("EU").describe("where the datasets are"),
  MAXIMUM_BYTES_BILLED: wholeNumber(10_485_760, 1e15)
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
export const parseSettings = (environment: NodeJS.ProcessEnv): Settings =>
  parseEnvironment(DashboardEnvironment, environment, (message) => new SettingsError(message));
