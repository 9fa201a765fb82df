import * as pulumi from "@pulumi/pulumi";
import { type Config, ConfigError, parseConfig } from "./config.ts";

/**
 * The settings of the stack that Pulumi runs.
 * @throws {pulumi.RunError} for invalid ones: its message is what Pulumi prints, without a stack trace
 */
export function stackConfig(): Config {
  try {
    return parseConfig(pulumi.runtime.allConfig());
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}
