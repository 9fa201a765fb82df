// Where Cloud Scheduler is known to be (https://docs.cloud.google.com/scheduler/docs/release-notes, until 24 September 2026). Cloud Run and
// Cloud SQL are in more regions; a schedule of one that is missing here works as well, from another region.
const regions = [
  ...["asia-east1", "asia-east2", "asia-northeast1", "asia-northeast2", "asia-northeast3", "asia-south1"],
  ...["asia-south2", "asia-southeast1", "asia-southeast2", "asia-southeast3", "australia-southeast1"],
  ...["europe-central2", "europe-west1", "europe-west12", "europe-west2", "europe-west3", "europe-west4"],
  ...["europe-west6", "me-central1", "me-central2", "me-west1"],
  ...["northamerica-northeast1", "northamerica-northeast2", "southamerica-east1"],
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
