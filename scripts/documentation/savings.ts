/** What a change of stack prod's settings saves, and what is lost with it. */
interface Saving {
  /** Instead of the settings themselves. */
  name?: string;
  /** Settings that it is compared with, if not those of the stack. */
  before?: Settings;
  after: Settings;
  loses: string;
}

interface Settings {
  activityRetentionDays?: number;
  [setting: string]: unknown;
}

export const withViewers = { dashboardViewers: ["group:analysts@example.com"] };

export const savings: Saving[] = [
  {
    after: { databaseAvailability: "zonal" },
    loses: "a zone that fails takes the platform with it, until the zone returns or a backup is restored",
  },
  {
    after: { databaseTier: "db-custom-1-3840", poolMax: 4 },
    loses: "half of the database's CPUs and memory; its connections allow 4 per instance of the service",
  },
  { after: { minInstances: 0 }, loses: "the first request after a pause waits for an instance to start" },
  { after: { syncEvery: "60 minutes" }, loses: "a match is on the dashboard within an hour or so" },
  { after: { syncEvery: "daily" }, loses: "a match is on the dashboard on the next day" },
  {
    after: { activityRetentionDays: 90 },
    loses: "`GET /user-activity?user_id=` of older days; BigQuery keeps them",
  },
  {
    name: "no `dashboardViewers`",
    before: withViewers,
    after: {},
    loses: "the deployed dashboard: a Looker Studio report and `npm run dashboard` remain",
  },
];
