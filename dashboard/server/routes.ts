import { problems } from "@clan-platform/service/http/problem.ts";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { ChecksAnswer, DaysAnswer, DaysQuery, FreshnessAnswer, MetricsAnswer } from "./answers.ts";
import { readFreshness } from "./freshness.ts";
import { readMetricsDays } from "./metrics-days.ts";
import { readMetricsRows } from "./metrics-rows.ts";
import { checkNewestDays } from "./newest-checks.ts";
import { pack, sendPacked } from "./packed.ts";
import type { Reader } from "./reader.ts";

const answers = <Answer>(answer: Answer) => ({ response: { 200: answer, ...problems(400, 502, 503) } });

/** One call for each question of the page. */
export async function dashboardRoutes(scope: FastifyInstance, { reader }: { reader: Reader }): Promise<void> {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get("/api/days", { schema: answers(DaysAnswer) }, async () => {
    const { version, value = null } = await reader.read("days", readMetricsDays);
    const { name, target } = reader.source;
    return { version, source: name, target, days: value };
  });

  app.get(
    "/api/daily-metrics",
    { schema: { querystring: DaysQuery, ...answers(MetricsAnswer) } },
    async (request, reply) => {
      const { from, to } = request.query;
      const days = { from_date: from, to_date: to };
      const { value } = await reader.remember(`rows ${from} ${to}`, async (version) => {
        const rows = await reader.source.ask((warehouse) => readMetricsRows(warehouse, days));
        return pack({ version, ...rows } satisfies MetricsAnswer);
      });
      if (!value) return { version: null, ...noRows };
      return sendPacked(value, request, reply) as never;
    },
  );

  app.get("/api/freshness", { schema: answers(FreshnessAnswer) }, async () => {
    const { version, value = { rows: { raw: 0, dailyMetrics: 0 }, runs: [] } } = await reader.read(
      "freshness",
      readFreshness,
    );
    return { version, ...value };
  });

  app.get("/api/checks", { schema: answers(ChecksAnswer) }, async () => {
    const { value: days } = await reader.read("days", readMetricsDays);
    if (!days) return { version: null, days: null, checks: [] };
    const { version, value = { days: null, checks: [] } } = await reader.remember("checks", () =>
      checkNewestDays(reader.source, days),
    );
    return { version, ...value };
  });
}

const noRows: Omit<MetricsAnswer, "version"> = {
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
