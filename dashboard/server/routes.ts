import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { ChecksAnswer, DaysAnswer, DaysQuery, FreshnessAnswer, MetricsAnswer } from "./answers.ts";
import { compressAnswer, sendCompressed } from "./compression.ts";
import { readFreshness } from "./freshness.ts";
import { readMetricsDays } from "./metrics-days.ts";
import { readMetricsRows } from "./metrics-rows.ts";
import { checkNewestDays } from "./newest-checks.ts";
import { ProblemBody } from "./problem.ts";
import type { Reader } from "./reader.ts";

const responses = <Answer>(answer: Answer) => ({ 200: answer, "4xx": ProblemBody, "5xx": ProblemBody });

/** The API of the page. */
export async function dashboardRoutes(scope: FastifyInstance, { reader }: { reader: Reader }): Promise<void> {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get("/api/days", { schema: { response: responses(DaysAnswer) } }, async () => {
    const { version, value = null } = await reader.read("days", readMetricsDays);
    const { name, target } = reader.source;
    return { version, source: name, target, days: value };
  });

  // Without the type provider, because the answer is sent as bytes.
  scope.get<{ Querystring: DaysQuery }>(
    "/api/daily-metrics",
    { schema: { querystring: DaysQuery, response: responses(MetricsAnswer) } },
    async (request, reply) => {
      const { from, to } = request.query;
      const days = { from_date: from, to_date: to };
      const { value } = await reader.cached(`rows ${from} ${to}`, async (version) => {
        const rows = await reader.source.withWarehouse((warehouse) => readMetricsRows(warehouse, days));
        return compressAnswer({ version, ...rows } satisfies MetricsAnswer);
      });
      return value ? sendCompressed(value, request, reply) : noMetrics;
    },
  );

  app.get("/api/freshness", { schema: { response: responses(FreshnessAnswer) } }, async () => {
    const { version, value = noFreshness } = await reader.read("freshness", readFreshness);
    return { version, ...value };
  });

  app.get("/api/checks", { schema: { response: responses(ChecksAnswer) } }, async () => {
    const { value: days } = await reader.read("days", readMetricsDays);
    if (!days) return { version: null, ...noChecks };
    const { version, value = noChecks } = await reader.cached("checks", () =>
      checkNewestDays(reader.source, days),
    );
    return { version, ...value };
  });
}

const noMetrics: MetricsAnswer = {
  version: null,
  days: [],
  countries: [],
  platforms: [],
  rows: {
    day: [],
    country: [],
    platform: [],
    dau: [],
    total_iap_revenue: [],
    total_ad_revenue: [],
    matches_started: [],
    matches_ended: [],
    victories: [],
    defeats: [],
    server_connection_errors: [],
  },
};
const noFreshness: Omit<FreshnessAnswer, "version"> = { rows: { raw: 0, dailyMetrics: 0 }, runs: [] };
const noChecks: Omit<ChecksAnswer, "version"> = { days: null, checks: [] };
