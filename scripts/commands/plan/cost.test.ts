import { readFileSync } from "node:fs";
import { record } from "@clan-platform/infra/recording/record.ts";
import { stackSettings } from "@clan-platform/infra/recording/stack-settings.ts";
import { expect, it } from "vitest";
import { assumptions, monthlyCost, pricesOf, type Usage } from "./cost.ts";

// Prices and free tiers are those of the pages that cost.ts links, worked out by hand.

const resourcesOf = async (stack: string, others: Record<string, unknown> = {}) =>
  (await record(stack, stackSettings(stack, { "gcp:project": "my-project", ...others }))).resources;

const dev = await resourcesOf("dev");
const prod = await resourcesOf("prod");
const small = await resourcesOf("dev", { "clan-platform:databaseTier": "db-g1-small" });

/** Each line in USD, to a thousandth of a cent. */
const costs = (resources: typeof dev, usage: Partial<Usage> = {}) =>
  Object.fromEntries(
    monthlyCost(resources, { ...assumptions, ...usage }).map(({ what, usd }) => [
      what,
      Number(usd.toFixed(5)),
    ]),
  );

it("each line of stack dev", () => {
  expect(costs(dev)).toEqual({
    // db-f1-micro: 730 h × 0.0105
    "Cloud SQL, instance": 7.665,
    // 10 GB × 0.17
    "Cloud SQL, disk": 1.7,
    // 5 GB × 0.08
    "Cloud SQL, backups": 0.4,
    // (10 - 2 free) million × 0.40; 100,000 CPU seconds and 50,000 GiB seconds are within the free tier
    "Cloud Run, requests": 3.2,
    "Cloud Run, kept warm": 0,
    // (1 - 0.5 free) GB × 0.10
    "Artifact Registry": 0.05,
    // (12 - 10 free) GB × 0.02
    "BigQuery, storage": 0.04,
    // 0.9 TiB is within the free one
    "BigQuery, queries": 0,
    "Cloud Scheduler": 0,
    // 10 + 6 × 2 conditions × (0.10 + 87,600 series × 0.35 / million)
    Monitoring: 3.39716,
  });
});

it("each line of stack prod", () => {
  expect(costs(prod)).toEqual({
    // 2 zones × 730 h × (2 CPUs × 0.0413 + 7.5 GB × 0.007)
    "Cloud SQL, instance": 197.246,
    // 2 zones × 50 GB × 0.17
    "Cloud SQL, disk": 17,
    // 25 GB × 0.08
    "Cloud SQL, backups": 2,
    "Cloud Run, requests": 3.2,
    // 730 h × 3,600 s × (1 CPU + 0.5 GiB) × 0.0000025
    "Cloud Run, kept warm": 9.855,
    "Artifact Registry": 0.05,
    "BigQuery, storage": 0.04,
    // (0.9 - 1 free + 2.98654 GiB × (4 an hour × 730 - 30.417 of daily syncs) / 1,024) TiB × 6.25
    "BigQuery, queries": 52.04742,
    "Cloud Scheduler": 0,
    // 10 + 9 × 2 conditions
    Monitoring: 4.18112,
  });
});

it("the dashboard costs its requests and its queries, and nothing for idle instances", async () => {
  const viewed = await resourcesOf("prod", { "clan-platform:dashboardViewers": ["group:a@example.com"] });
  expect(costs(viewed)).toEqual({
    ...costs(prod),
    // Its alerts.
    Monitoring: 4.44244,
    // 4.2 million × 0.40, and 21,000 s × (0.000024 + 0.5 × 0.0000025)
    "Cloud Run, dashboard": 2.21025,
    // 0.13 TiB × 6.25 more
    "BigQuery, queries": Number(((costs(prod)["BigQuery, queries"] ?? 0) + 0.8125).toFixed(5)),
  });
});

it("a shared-core database costs its own hourly price", () => {
  // 730 h × 0.035
  expect(costs(small)["Cloud SQL, instance"]).toBe(25.55);
});

it.each([
  // Free: 2 million requests, 180,000 CPU seconds, 360,000 GiB seconds.
  { requestsMillions: 2, usd: 0 },
  { requestsMillions: 18, usd: 16 * 0.4 },
  // 200,000 CPU seconds: 20,000 × 0.000024. 100,000 GiB seconds are free.
  { requestsMillions: 20, usd: 18 * 0.4 + 0.48 },
  // 1,000,000 CPU seconds: 820,000 × 0.000024. 500,000 GiB seconds: 140,000 × 0.0000025.
  { requestsMillions: 100, usd: 98 * 0.4 + 19.68 + 0.35 },
])("$requestsMillions million requests a month cost $usd USD", ({ requestsMillions, usd }) => {
  expect(costs(dev, { requestsMillions })["Cloud Run, requests"]).toBeCloseTo(usd, 5);
});

it("images, storage and queries cost nothing within the free tier, and their price beyond it", () => {
  expect(costs(dev, { imagesGb: 0.5, warehouseGb: 10, queriedTib: 1 })).toMatchObject({
    "Artifact Registry": 0,
    "BigQuery, storage": 0,
    "BigQuery, queries": 0,
  });
  expect(costs(dev, { imagesGb: 10.5, warehouseGb: 110, queriedTib: 3 })).toMatchObject({
    "Artifact Registry": 1,
    "BigQuery, storage": 2,
    "BigQuery, queries": 12.5,
  });
});

it("an instance of the service has the size that the estimate assumes", () => {
  const service = prod.find(({ type }) => type === "gcp:cloudrunv2/service:Service");
  expect(service?.inputs).toMatchObject({
    template: { containers: [{ resources: { limits: { cpu: "1", memory: "512Mi" } } }] },
  });
});

it("README states the monthly cost of both stacks", () => {
  const [ofDev, ofProd] = [dev, prod].map((resources) =>
    Math.round(monthlyCost(resources).reduce((sum, { usd }) => sum + usd, 0)),
  );
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8").replaceAll(/\s+/g, " ");
  const sentence = `They cost about **${ofDev} and ${ofProd} USD a month** at ten million requests (\`npm run plan\` estimates it from list prices of ${pricesOf}).`;
  expect(assumptions.requestsMillions).toBe(10);
  expect(readme.includes(sentence), `README.md has to say: ${sentence}`).toBe(true);
});
