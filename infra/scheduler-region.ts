// Where Cloud Scheduler is (https://docs.cloud.google.com/scheduler/docs/locations): Cloud Run and Cloud SQL are in many more regions.
const regions = [
  ...["asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1"],
  ...["asia-southeast1", "asia-southeast2", "australia-southeast1"],
  ...["europe-central2", "europe-west1", "europe-west2", "europe-west3", "europe-west6"],
  ...["northamerica-northeast1", "southamerica-east1"],
  ...["us-central1", "us-east1", "us-east4", "us-west1", "us-west2", "us-west3", "us-west4"],
];

/** For the other regions of a continent. */
const nearest: Record<string, string> = {
  asia: "asia-southeast1",
  australia: "australia-southeast1",
  northamerica: "northamerica-northeast1",
  southamerica: "southamerica-east1",
  us: "us-central1",
};

/** The region of a schedule that executes what is in `region`: the same or, where there is no Cloud Scheduler, another one. It only triggers. */
export function schedulerRegion(region: string): string {
  if (regions.includes(region)) return region;
  return nearest[region.split("-")[0] ?? ""] ?? "europe-west1";
}
