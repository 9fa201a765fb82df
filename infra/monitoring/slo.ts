import * as gcp from "@pulumi/gcp";
import type * as pulumi from "@pulumi/pulumi";
import type { Limits, Objective } from "./definitions/forms.ts";
import { filterOf, type Watched } from "./metrics.ts";
import { objectivesOf } from "./policies.ts";

/** The objectives over a rolling month; returns their full names, by id. */
export function createObjectives(
  watched: Watched,
  limits: Limits,
  opts: pulumi.CustomResourceOptions,
): Record<string, pulumi.Output<string>> {
  const service = new gcp.monitoring.CustomService(
    "objectives-service",
    { serviceId: "clan-platform", displayName: "Clan platform" },
    opts,
  );
  return Object.fromEntries(
    objectivesOf(limits).map((objective) => {
      const slo = new gcp.monitoring.Slo(
        `objective-${objective.id}`,
        {
          service: service.serviceId,
          sloId: objective.id,
          displayName: objective.title,
          goal: objective.goal,
          rollingPeriodDays: 30,
          ...indicator(objective.good, watched, limits),
        },
        opts,
      );
      return [objective.id, slo.name];
    }),
  );
}

/**
 * All of them use metrics of Google's own: a metric from logs does not exist until ten minutes after its creation, and what
 * names it fails meanwhile (hashicorp/terraform-provider-google#11102).
 */
function indicator(good: Objective["good"], watched: Watched, { freshMinutes = 0 }: Limits) {
  if ("bad" in good) {
    const { total, bad } = good;
    const totalServiceFilter = filterOf(total, watched);
    const badServiceFilter = filterOf({ ...total, where: bad }, watched);
    return { requestBasedSli: { goodTotalRatio: { totalServiceFilter, badServiceFilter } } };
  }
  if ("below" in good) {
    const distributionFilter = filterOf(good.of, watched);
    return { requestBasedSli: { distributionCut: { distributionFilter, range: { max: good.below } } } };
  }
  // The sum of a range must be of a gauge, and runs are counted: so a window is good if any of its runs succeeded.
  return {
    windowsBasedSli: {
      windowPeriod: `${freshMinutes * 60}s`,
      goodTotalRatioThreshold: {
        threshold: 0.01,
        performance: {
          goodTotalRatio: {
            goodServiceFilter: filterOf({ ...good.of, where: good.succeeded }, watched),
            totalServiceFilter: filterOf(good.of, watched),
          },
        },
      },
    },
  };
}
