import {
  type Config,
  ConfigError,
  databaseConnections,
  neededConnections,
  parseConfig,
} from "@clan-platform/infra/config.ts";
import { bad, type Finding, good } from "./findings.ts";

/** Whether a stack's settings are right, and go together; a project that is not set is told elsewhere. */
export function checkSettings(settings: Record<string, string>, file: string): Finding[] {
  try {
    const config = parseConfig({ "gcp:project": "not-chosen-yet", ...settings });
    return [good("Settings", `${file} is right`), ...agreements(config)];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split("\n").map((problem) => bad("Settings", problem, `edit ${file}`));
  }
}

function agreements(config: Config): Finding[] {
  const { location, region, databaseTier } = config;
  const [needed, most] = [neededConnections(config), databaseConnections(config)];
  return [
    good("Location", `region ${region} lies in ${location}`),
    good("Tier", `${databaseTier} is one of edition ENTERPRISE`),
    good("Connections", `at most ${needed} of the ${most} that ${databaseTier} takes`),
  ];
}
