/** How long the dashboard waits for BigQuery. The page reports a failure at once, and keeps retrying by itself. */
export const bigqueryPatience = {
  patienceMs: 3_000,
  // An answer takes several requests. One that stays silent is given up before the 60 s of Cloud Run (infra/dashboard.ts), after which
  // nobody waits.
  requestLimitMs: 15_000,
};
