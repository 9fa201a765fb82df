import { today } from "@clan-platform/warehouse/days.ts";
import { readAnnotations } from "@clan-platform/warehouse/tables/annotations/annotations.ts";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import {
  AnnotationsAnswer,
  ChecksAnswer,
  DaysAnswer,
  DaysQuery,
  FreshnessAnswer,
  UnusualAnswer,
} from "./answers.ts";
import { clanRoutes } from "./clan-routes.ts";
import { answerOrNotModified } from "./entity-tag.ts";
import { figuresRoute } from "./figures-route.ts";
import { readFreshness } from "./freshness.ts";
import { readMetricsDays } from "./metrics-days.ts";
import { checkNewestDays } from "./newest-checks.ts";
import { peopleRoutes } from "./people-routes.ts";
import { derivedScope, type Reader } from "./reader.ts";
import { responses } from "./responses.ts";
import { readUnusualDays } from "./unusual-days.ts";

/** The API of the page. */
export async function dashboardRoutes(scope: FastifyInstance, { reader }: { reader: Reader }): Promise<void> {
  const app = scope.withTypeProvider<ZodTypeProvider>();

  app.get("/api/days", { schema: { response: responses(DaysAnswer) } }, async (request, reply) => {
    const { version, isHeld, value = null } = await reader.read("days", readMetricsDays, derivedScope);
    const { name, target } = reader.source;
    const answer = { version, isHeld, source: name, target, days: value };
    return answerOrNotModified(request, reply, answer);
  });

  figuresRoute(scope, reader);
  peopleRoutes(scope, reader);
  clanRoutes(scope, reader);

  app.get("/api/freshness", { schema: { response: responses(FreshnessAnswer) } }, async (request, reply) => {
    const {
      version,
      isHeld,
      value = noFreshness,
    } = await reader.read("freshness", (warehouse) => readFreshness(warehouse, reader.source));
    const answer = { version, isHeld, ...value };
    return answerOrNotModified(request, reply, answer);
  });

  app.get("/api/checks", { schema: { response: responses(ChecksAnswer) } }, async (request, reply) => {
    const answer = await readChecks(reader);
    return answerOrNotModified(request, reply, answer);
  });

  app.get(
    "/api/unusual",
    { schema: { querystring: DaysQuery, response: responses(UnusualAnswer) } },
    async (request, reply) => {
      const answer = await readUnusual(reader, request.query);
      return answerOrNotModified(request, reply, answer);
    },
  );

  app.get(
    "/api/annotations",
    { schema: { querystring: DaysQuery, response: responses(AnnotationsAnswer) } },
    async (request, reply) => {
      const { from, to } = request.query;
      const {
        version,
        isHeld,
        value = [],
      } = await reader.read(`annotations ${from} ${to}`, (warehouse) =>
        readAnnotations(warehouse, { from_date: from, to_date: to }),
      );
      const answer = { version, isHeld, annotations: value };
      return answerOrNotModified(request, reply, answer);
    },
  );
}

/** What is beyond the figures has no rows, and would take reads. */
async function readUnusual(reader: Reader, { from, to }: DaysQuery): Promise<UnusualAnswer> {
  const { value: days, isHeld } = await reader.read("days", readMetricsDays, derivedScope);
  if (!days) return { version: null, isHeld, days: [] };
  const covered = { from: from > days.from ? from : days.from, to: to < days.to ? to : days.to };
  const unusual = await reader.cached(
    `unusual ${covered.from} ${covered.to}`,
    () => readUnusualDays(reader.source, covered),
    // A day that is over now was not when it was still that day.
    { ...derivedScope, day: today() },
  );
  return { version: unusual.version, isHeld: isHeld || unusual.isHeld, days: unusual.value ?? [] };
}

async function readChecks(reader: Reader): Promise<ChecksAnswer> {
  const { value: days, isHeld } = await reader.read("days", readMetricsDays, derivedScope);
  if (!days) return { version: null, isHeld, ...noChecks };
  const checks = await reader.cached("checks", () => checkNewestDays(reader.source, days), {
    scope: "checked",
    // Some look only at days that are over.
    day: today(),
  });
  return { version: checks.version, isHeld: isHeld || checks.isHeld, ...(checks.value ?? noChecks) };
}

const noFreshness: Omit<FreshnessAnswer, "version" | "isHeld"> = {
  rows: { raw: 0, dailyMetrics: 0 },
  runs: [],
};
const noChecks: Omit<ChecksAnswer, "version" | "isHeld"> = { days: null, checks: [] };
