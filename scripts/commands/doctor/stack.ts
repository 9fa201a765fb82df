import {
  type Config,
  ConfigError,
  databaseConnections,
  neededConnections,
  parseConfig,
} from "@clan-platform/infra/config.ts";
import { bad, type Finding, good } from "./findings.ts";

/** Checks that a stack's settings are valid and consistent; `checkProject` reports a missing project. */
export function checkSettings(settings: Record<string, string>, file: string): Finding[] {
  try {
    const config = parseConfig({ "gcp:project": "not-chosen-yet", ...settings });
    return [good("Settings", `${file} is valid`), ...consistencyOf(config)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").map((problem) => bad("Settings", problem, `edit ${file}`));
  }
}

function consistencyOf(config: Config): Finding[] {
  const { location, region, databaseTier } = config;
  const [needed, available] = [neededConnections(config), databaseConnections(config)];
  return [
    good("Location", `region ${region} is in ${location}`),
    good("Tier", `${databaseTier} is available in edition ENTERPRISE`),
    good("Connections", `at most ${needed} of the ${available} that ${databaseTier} accepts`),
  ];
}
