import { openBigquery } from "@clan-platform/warehouse/engines/bigquery/bigquery.ts";
import { buildDashboard } from "./app.ts";
import { bigqueryPatience } from "./bigquery-patience.ts";
import { bigquerySource } from "./bigquery-source.ts";
import { parseSettings } from "./environment.ts";
import type { RunningDashboard } from "./serve.ts";

/**
 * Serves the dashboard of BigQuery's analytics dataset to every address.
 * @throws {SettingsError}
 */
export async function startDeployed(environment: NodeJS.ProcessEnv): Promise<RunningDashboard> {
  const settings = parseSettings(environment);
  const warehouse = await openBigquery({
    project: settings.GOOGLE_CLOUD_PROJECT,
    location: settings.BIGQUERY_LOCATION,
    maximumBytesBilled: settings.MAXIMUM_BYTES_BILLED,
    ...bigqueryPatience,
  });
  const app = await buildDashboard({
    source: bigquerySource(settings.GOOGLE_CLOUD_PROJECT, warehouse, { analyticsOnly: true }),
    page: settings.PAGE,
    isDeployed: true,
  });
  await app.listen({ host: settings.HOST, port: settings.PORT });
  const address = app.server.address();
  return {
    port: typeof address === "object" && address ? address.port : settings.PORT,
    stop: () => app.close(),
  };
}
