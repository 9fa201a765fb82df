/** The metrics that an annotation can be about, by the dashboard's names. */
export const annotationMetrics = [
  "dau",
  "iap",
  "ad",
  "revenue",
  "arpdau",
  "matches_per_dau",
  "win_ratio",
  "defeat_ratio",
  "errors_per_dau",
] as const;
